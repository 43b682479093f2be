"""How often are open pages told to ask?"""

from ua_tracker.web.live.polling import Tempo


def test_the_interval_grows_when_much_is_asked_and_shrinks_when_it_is_quiet_again():
    tempo = Tempo(_since=0.0)
    assert tempo.interval(0.1) == 5
    busy = [tempo.interval(second / 400) for second in range(1, 8000)]  # 400 a second for twenty seconds
    assert busy[-1] == 15
    quiet = [tempo.interval(20 + second) for second in range(1, 30)]
    assert quiet[-1] == 5


def test_between_two_steps_the_interval_stays_as_it_is():
    tempo = Tempo(_since=0.0)
    for second in range(1, 8000):
        tempo.interval(second / 400)  # 400 requests a second: one step up
    steady = {tempo.interval(20 + second / 100) for second in range(1, 3000)}  # 100: neither many nor few
    assert steady == {15}
