"""The poll interval of open pages."""

from ua_tracker.web.live.polling import PollInterval


def test_the_interval_grows_with_many_requests_and_shrinks_with_few():
    poll_interval = PollInterval(_since=0.0)
    assert poll_interval.seconds(0.1) == 5
    busy = [poll_interval.seconds(second / 1000) for second in range(1, 20_000)]  # 1,000 a second for twenty seconds
    assert busy[-1] == 15
    quiet = [poll_interval.seconds(20 + second) for second in range(1, 30)]
    assert quiet[-1] == 5


def test_between_two_steps_the_interval_stays_as_it_is():
    poll_interval = PollInterval(_since=0.0)
    for second in range(1, 20_000):
        poll_interval.seconds(second / 1000)  # 1,000 requests a second: one step up
    steady = {poll_interval.seconds(20 + second / 300) for second in range(1, 9000)}  # 300 a second
    assert steady == {15}
