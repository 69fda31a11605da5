"""Rows of campaigns, one file per subject."""

from campaigns.models.collisions import ReachedAccount
from campaigns.models.events import Event, EventState, Registrant, RegistrantState
from campaigns.models.kits import Kit, KitFile, KitFit, KitGrant, KitGroup, KitState, KitVersion, OfKit, Tactic
from campaigns.models.launches import Execution, Launch, LaunchList, LaunchState, LaunchTask, TaskResult
from campaigns.models.preflight import Preflight, PreflightBatch, PreflightFinding, PreflightResult, PreflightState
from campaigns.models.reviews import KitReview, Verdict
from campaigns.models.serving import Service, ServiceChoice
from campaigns.models.topics import KitTopic, LaunchTopic

__all__ = [
    "Event",
    "EventState",
    "Execution",
    "Kit",
    "KitFile",
    "KitFit",
    "KitGrant",
    "KitGroup",
    "KitReview",
    "KitState",
    "KitTopic",
    "KitVersion",
    "Launch",
    "LaunchList",
    "LaunchState",
    "LaunchTask",
    "LaunchTopic",
    "OfKit",
    "Preflight",
    "PreflightBatch",
    "PreflightFinding",
    "PreflightResult",
    "PreflightState",
    "ReachedAccount",
    "Registrant",
    "RegistrantState",
    "Service",
    "ServiceChoice",
    "Tactic",
    "TaskResult",
    "Verdict",
]
