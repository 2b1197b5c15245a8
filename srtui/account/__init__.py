"""What an account holds, as plain typed data."""

from srtui.account.account import Account, Outcome
from srtui.account.model import UNREAD, Unread

__all__ = ["UNREAD", "Account", "Outcome", "Unread"]
