"""Said by fun (好玩): quizzes, guesses, relay stories, photo contests, fair draws."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Time, fact
from tongpin.core.facts.nouns import CommunityId, GameId


@fact("game.opened", key=("game",), step="give")
class GameOpened(Fact):
    """A game is on (游戏). `commitment` is the hash that proves a draw was not fixed afterwards."""

    game: GameId
    game_kind: Code
    community: CommunityId = 0
    ends: Time | None = None
    prizes: int = 0
    commitment: Code = ""


@fact("game.played", key=("game", "person", "occurrence"), step="give", subject="game")
class GamePlayed(Fact):
    """A member took part: an answer, a guess, a line of the story, a photo, a lot."""

    game: GameId
    game_kind: Code
    score: int | None = None
    occurrence: int = 1


@fact("game.won", key=("game", "person", "rank"), step="give", subject="game")
class GameWon(Fact):
    """A member won (获奖)."""

    game: GameId
    game_kind: Code
    rank: int
    prize_kind: Code = ""
    amount: int = 0


@fact("game.closed", key=("game",), step="give")
class GameClosed(Fact):
    """A game is over. `proof` opens the commitment of a draw."""

    game: GameId
    game_kind: Code
    players: int = 0
    proof: Code = ""
