"""Who may try the staff console in the sandbox, and that nobody can where anything is real."""

from bot.errors import StartError
from bot.settings import Settings
from gateway.connection import Batched
from gateway.staff import demo
from gateway.staff.accounts import Accounts
from gateway.staff.roles import Role


def is_real(settings: Settings) -> bool:
    """Somebody real is written to, or told of."""
    channels = settings.telegram or bool(settings.sms_routes) or bool(settings.esobes_url)
    return channels or not settings.sandbox


async def refuse_left(redis: Batched) -> None:
    """Their password was printed on somebody's screen."""
    if await demo.are_left(redis):
        raise StartError(
            "this Redis holds the demo accounts of a sandbox, whose password anybody may have seen; "
            "for real channels set KELISIM_DATA_DIR or KELISIM_REDIS_URL to another one"
        )


async def lines(settings: Settings, redis: Batched, url: str) -> list[str]:
    """What whoever has started the program is told about signing in."""
    if not is_real(settings):
        opened = await demo.open_accounts(redis)
        logins = [role.value for role in Role]
        return [f"Staff: {url}/staff, login {', '.join(logins[:-1])} or {logins[-1]}, password {opened.password}"]
    if not await Accounts(redis).all():
        return [
            "Staff: nobody has an account yet; the first is made by "
            "python -m bot staff add LOGIN --name NAME --role administrator"
        ]
    return []
