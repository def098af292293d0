import msgspec

from gateway.channels import Letter
from gateway.connection import Batched, Client
from gateway.store import Commit, Line, Store, outbox_key, shard, shard_number
from tests.gateway.talk import entries

ADDRESS = "sms:+77011234567"
LINE = Line(1, "ref", "sms", "note", ())


async def commit(store: Store, name: str, before: bytes | None, after: bytes | None, *texts: str) -> Commit:
    letters = [Letter(f"{name}:{number}", ADDRESS, text, 1.0) for number, text in enumerate(texts)]
    return await store.commit(name, ADDRESS, before=before, after=after, letters=letters, line=LINE)


async def written(redis: Client) -> tuple[int, int]:
    tag = shard(ADDRESS)
    return await redis.xlen(f"{tag}:outbox"), await redis.xlen(f"{tag}:journal")


async def test_a_commit_writes_session_letters_and_journal_together(store: Store, redis: Client) -> None:
    assert await commit(store, "a", None, b"one", "hello", "again") is Commit.DONE
    assert await store.load(ADDRESS) == b"one"
    stored = await entries(redis, outbox_key(shard_number(ADDRESS)))
    assert [msgspec.json.decode(fields[b"letter"])["text"] for fields in stored] == ["hello", "again"]
    assert await written(redis) == (2, 1)


async def test_a_repeated_message_changes_nothing(store: Store, redis: Client) -> None:
    await commit(store, "a", None, b"one", "hello")
    assert await commit(store, "a", b"one", b"two", "hello") is Commit.REPEATED
    assert await store.load(ADDRESS) == b"one"
    assert await written(redis) == (1, 1)


async def test_a_session_changed_meanwhile_is_not_overwritten(store: Store, redis: Client) -> None:
    await commit(store, "a", None, b"one")
    assert await commit(store, "b", None, b"other", "hello") is Commit.CONFLICT
    assert await store.load(ADDRESS) == b"one"
    assert await written(redis) == (0, 1)
    assert await commit(store, "b", b"one", b"other", "hello") is Commit.DONE


async def test_a_forgotten_session_leaves_nothing_under_the_address(store: Store, redis: Client) -> None:
    await commit(store, "a", None, b"one")
    assert await commit(store, "b", b"one", None) is Commit.DONE
    assert await store.load(ADDRESS) is None
    assert [key async for key in redis.scan_iter(match="*7011234567*")] == []


async def test_seen_messages_are_remembered_for_days_and_not_for_ever(store: Store, redis: Client) -> None:
    await commit(store, "a", None, b"one")
    assert 2 * 86400 < await redis.ttl(f"{shard(ADDRESS)}:seen:a") <= 3 * 86400


async def test_a_server_that_has_forgotten_the_script_is_taught_again(store: Store, redis: Client) -> None:
    await commit(store, "a", None, b"one")
    await redis.script_flush()
    assert await commit(store, "b", b"one", b"two") is Commit.DONE


async def test_all_keys_of_one_commit_lie_in_one_slot_of_a_cluster(store: Store, redis: Client) -> None:
    await commit(store, "a", None, b"one", "hello")
    tags = {key.partition(b"}")[0] async for key in redis.scan_iter()}
    assert tags == {shard(ADDRESS).partition("}")[0].encode()}


async def test_a_batch_of_commits_answers_each_its_own(redis: Client) -> None:
    batched = Batched(redis)
    await batched("SET", "text", "not a number")
    answers = [batched("INCR", "text" if number == 3 else f"n{number}") for number in range(6)]
    results = [await answer if number != 3 else answer for number, answer in enumerate(answers)]
    assert [result for number, result in enumerate(results) if number != 3] == [1] * 5
    assert "not an integer" in str(answers[3].exception())
