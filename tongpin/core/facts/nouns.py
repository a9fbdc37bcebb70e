"""What facts point to: the id types. The name says which table (and which page) an id belongs to.

A field whose target may be of several kinds is a pair: `about_kind` (one of these names) and `about`.
"""

from __future__ import annotations

from typing import Annotated

from tongpin.core.facts.form import noun

About = Annotated[int, noun("about")]
"""The id of the thing whose kind stands in the field before it, called `<this field>_kind`."""

# house
StaffId = Annotated[int, noun("staff")]
FileId = Annotated[int, noun("file")]
ChannelAccountId = Annotated[int, noun("channel_account")]
BatchId = Annotated[int, noun("import")]
WriteKeyId = Annotated[int, noun("write_key")]
SegmentId = Annotated[int, noun("segment")]
PersonaId = Annotated[int, noun("persona")]
ExperimentId = Annotated[int, noun("experiment")]
PaymentId = Annotated[int, noun("payment")]
PayoutId = Annotated[int, noun("payout")]
LetterId = Annotated[int, noun("letter")]
BroadcastId = Annotated[int, noun("broadcast")]
ErrandId = Annotated[int, noun("errand")]
MessageId = Annotated[int, noun("message")]
TagId = Annotated[int, noun("tag")]
ProductId = Annotated[int, noun("product")]
MakerId = Annotated[int, noun("maker")]

# gather
CommunityId = Annotated[int, noun("community")]
TrackedCodeId = Annotated[int, noun("tracked_code")]
EntranceId = Annotated[int, noun("entrance")]
PlacementId = Annotated[int, noun("placement")]
ApplicationId = Annotated[int, noun("application")]

# give
PieceId = Annotated[int, noun("piece")]
TopicId = Annotated[int, noun("topic")]
TalkId = Annotated[int, noun("talk")]
PracticeId = Annotated[int, noun("practice")]
GameId = Annotated[int, noun("game")]
QuestionId = Annotated[int, noun("question")]
TrialId = Annotated[int, noun("trial")]
VoteId = Annotated[int, noun("vote")]
OptionId = Annotated[int, noun("option")]
IdeaId = Annotated[int, noun("idea")]
GatheringId = Annotated[int, noun("gathering")]
DigestId = Annotated[int, noun("digest")]
BreachId = Annotated[int, noun("breach")]
BadgeId = Annotated[int, noun("badge")]
OpportunityId = Annotated[int, noun("opportunity")]
ComplaintId = Annotated[int, noun("complaint")]
SurveyId = Annotated[int, noun("survey")]
DutyId = Annotated[int, noun("duty")]

# sell
OfferId = Annotated[int, noun("offer")]
ReviewId = Annotated[int, noun("review")]
GroupBuyId = Annotated[int, noun("group_buy")]
CollectiveId = Annotated[int, noun("collective")]
BargainId = Annotated[int, noun("bargain")]
JointOfferId = Annotated[int, noun("joint_offer")]
FlashId = Annotated[int, noun("flash")]
MembershipId = Annotated[int, noun("membership")]
CourseId = Annotated[int, noun("course")]
LessonId = Annotated[int, noun("lesson")]
PresaleId = Annotated[int, noun("presale")]
ServiceId = Annotated[int, noun("service")]
AppointmentId = Annotated[int, noun("appointment")]
LiveSaleId = Annotated[int, noun("live_sale")]
PromotionId = Annotated[int, noun("promotion")]
JourneyId = Annotated[int, noun("journey")]
SupplierId = Annotated[int, noun("supplier")]
PartnerId = Annotated[int, noun("partner")]
SponsorshipId = Annotated[int, noun("sponsorship")]

# share
CampaignId = Annotated[int, noun("campaign")]
PosterId = Annotated[int, noun("poster")]
AgentOrderId = Annotated[int, noun("agent_order")]
