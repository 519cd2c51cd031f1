"""What the methods of the operations stand on: one call by an operation's name."""

from __future__ import annotations

from typing import Any, Dict


class Calls:
    """Gives the result of an operation."""

    def _call(self, operation: str, params: Dict[str, Any]) -> Any:
        raise NotImplementedError


class AsyncCalls:
    """Gives the result of an operation to who awaits it."""

    async def _call(self, operation: str, params: Dict[str, Any]) -> Any:
        raise NotImplementedError
