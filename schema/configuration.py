"""Configuration in GraphQL: what is in effect, and inputs that change what a level sets itself."""

from typing import Any

import strawberry
from strawberry import UNSET

from core import configuration
from core.configuration import Changes

_NULL = " Left out: as it is. null: the default again."


@strawberry.type(description="Whether and how conclusions are drawn.")
class ReasoningConfiguration:
    enabled: bool = strawberry.field(description="false: nothing is concluded from messages.")
    custom_instructions: str | None = strawberry.field(
        description="What the reasoner is told beside its own instructions."
    )


@strawberry.type(description="Whether and how often summaries are made.")
class SummaryConfiguration:
    enabled: bool = strawberry.field(description="false: none is made.")
    messages_per_short_summary: int = strawberry.field(description="1 to 10,000.")
    messages_per_long_summary: int = strawberry.field(description="1 to 10,000.")


@strawberry.type(description="Whether peer cards are made and shown.")
class PeerCardConfiguration:
    use: bool = strawberry.field(description="false: none is shown.")
    create: bool = strawberry.field(description="false: nothing new goes into them.")


@strawberry.type(description="Whether minds reason about what they know.")
class DreamConfiguration:
    enabled: bool = strawberry.field(description="false: not about what is said now.")


@strawberry.type(
    description=(
        "What is in effect: the session's own settings before the workspace's before the"
        " defaults. Each message keeps what was in effect when it was written."
    )
)
class Configuration:
    reasoning: ReasoningConfiguration = strawberry.field(description="Drawing conclusions.")
    summary: SummaryConfiguration = strawberry.field(description="Making summaries.")
    peer_card: PeerCardConfiguration = strawberry.field(description="Peer cards.")
    dream: DreamConfiguration = strawberry.field(description="Reasoning of minds.")

    @classmethod
    def from_value(cls, value: configuration.Configuration) -> "Configuration":
        return cls(
            reasoning=ReasoningConfiguration(
                enabled=value.reasoning.enabled,
                custom_instructions=value.reasoning.custom_instructions,
            ),
            summary=SummaryConfiguration(
                enabled=value.summary.enabled,
                messages_per_short_summary=value.summary.messages_per_short_summary,
                messages_per_long_summary=value.summary.messages_per_long_summary,
            ),
            peer_card=PeerCardConfiguration(use=value.peer_card.use, create=value.peer_card.create),
            dream=DreamConfiguration(enabled=value.dream.enabled),
        )


@strawberry.input(description="How conclusions are to be drawn.")
class ReasoningConfigurationInput:
    enabled: bool | None = strawberry.field(
        default=UNSET, description="false: nothing is concluded from messages." + _NULL
    )
    custom_instructions: str | None = strawberry.field(
        default=UNSET, description="At most 10,000 characters for the reasoner." + _NULL
    )


@strawberry.input(description="How summaries are to be made.")
class SummaryConfigurationInput:
    enabled: bool | None = strawberry.field(
        default=UNSET, description="false: none is made." + _NULL
    )
    messages_per_short_summary: int | None = strawberry.field(
        default=UNSET, description="1 to 10,000." + _NULL
    )
    messages_per_long_summary: int | None = strawberry.field(
        default=UNSET, description="1 to 10,000." + _NULL
    )


@strawberry.input(description="How peer cards are to be made and shown.")
class PeerCardConfigurationInput:
    use: bool | None = strawberry.field(default=UNSET, description="false: none is shown." + _NULL)
    create: bool | None = strawberry.field(
        default=UNSET, description="false: nothing new goes into them." + _NULL
    )


@strawberry.input(description="How minds are to reason.")
class DreamConfigurationInput:
    enabled: bool | None = strawberry.field(
        default=UNSET, description="false: not about what is said now." + _NULL
    )


@strawberry.input(description="What a workspace or a session sets itself, section by section.")
class ConfigurationInput:
    reasoning: ReasoningConfigurationInput | None = strawberry.field(
        default=UNSET, description="Drawing conclusions." + _NULL
    )
    summary: SummaryConfigurationInput | None = strawberry.field(
        default=UNSET, description="Making summaries." + _NULL
    )
    peer_card: PeerCardConfigurationInput | None = strawberry.field(
        default=UNSET, description="Peer cards." + _NULL
    )
    dream: DreamConfigurationInput | None = strawberry.field(
        default=UNSET, description="Reasoning of minds." + _NULL
    )


def to_changes(given: ConfigurationInput | None) -> Changes:
    """Returns what is to be set or reset; nothing given changes nothing."""
    if not given:
        return {}
    return {
        name: section if section is None else _list_given(section)
        for name, section in _list_given(given).items()
    }


def _list_given(given: object) -> dict[str, Any]:
    return {name: value for name, value in vars(given).items() if value is not UNSET}
