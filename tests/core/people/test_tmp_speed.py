import time, random
from tongpin.core.people.models import Person, LifeFact, Trait
from tongpin.core.people.suggesting import suggest_for
from tongpin.core.people.telling import *
from tongpin.core.people.arriving import Learnt, learn_many
def test_speed(db, noon):
    d=random.Random(1)
    ids=[p.pk for p in Person.objects.bulk_create(Person(via='t',created_at=noon) for _ in range(6000))]
    learn_many(Learnt(i, nickname=d.choice('小大阿')+d.choice('美强安云朵')+d.choice(['','妈','爸','01','88']), name=d.choice('陈林李王张刘黄吴')+d.choice('小若安念云明')+d.choice('美溪念舟云朵')) for i in ids)
    tell_traits([TraitTold(i,'masked_phone',f'13{d.randrange(10)}****{d.randrange(10000):04d}') for i in ids],via='x',at=noon)
    tell_life([LifeTold(i,'address',f'上海市徐汇区漕溪北路{d.randrange(300)}号{d.randrange(30)}栋{d.randrange(2000)}室') for i in ids],via='x',at=noon)
    for lo in range(0,6000,1500):
        t=time.process_time(); w=time.time(); r=suggest_for(person_ids=ids[lo:lo+1500],at=noon); print(lo, 'cpu',round(time.process_time()-t,2),'wall',round(time.time()-w,2), len(r))
