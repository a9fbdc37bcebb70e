"""Said by paid knowledge (知识付费): columns, courses, lessons."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Share, fact
from tongpin.core.facts.nouns import CommunityId, CourseId, LessonId, ProductId


@fact("course.opened", key=("course", "edition"), step="sell")
class CourseOpened(Fact):
    """A column, course or public class can be taken (开课). `free` ones are entrances."""

    course: CourseId
    edition: int
    lessons: int
    product: ProductId = 0
    free: bool = False
    community: CommunityId = 0


@fact("course.enrolled", key=("course", "person", "occurrence"), step="sell")
class CourseEnrolled(Fact):
    """A person takes a course (报名课程), paid or free."""

    course: CourseId
    order: Code = ""
    occurrence: int = 1


@fact("lesson.released", key=("lesson", "person"), step="sell", lane="bulk", subject="course", quiet=True)
class LessonReleased(Fact):
    """A lesson opened for a person by the drip plan; without a person, for all."""

    course: CourseId
    lesson: LessonId


@fact("lesson.studied", key=("lesson", "person", "occurrence"), step="sell", lane="bulk", subject="course")
class LessonStudied(Fact):
    """A person worked on a lesson (学习): how far, how long. `finished`: to the end, which counts as use."""

    course: CourseId
    lesson: LessonId
    share: Share
    finished: bool = False
    seconds: int = 0
    occurrence: int = 1


@fact("homework.handed_in", key=("lesson", "person", "occurrence"), step="sell", subject="course")
class HomeworkHandedIn(Fact):
    """A person handed in a piece of work (作业); a teacher or a test may have marked it."""

    course: CourseId
    lesson: LessonId
    mark: int | None = None
    occurrence: int = 1


@fact("course.passed", key=("course", "person"), step="sell")
class CoursePassed(Fact):
    """A person finished a course (结业): agents' training and levels wait for it."""

    course: CourseId
    mark: int | None = None
    certificate: bool = False


@fact("course.dropped", key=("course", "person", "occurrence"), step="sell")
class CourseDropped(Fact):
    """A person stopped: took the money back, or was silent too long."""

    course: CourseId
    reason: Code
    share: Share = 0.0
    occurrence: int = 1
