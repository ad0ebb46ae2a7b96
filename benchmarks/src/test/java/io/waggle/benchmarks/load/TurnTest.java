package io.waggle.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class TurnTest {
  private static final int RATE = 200;

  @Test
  void aStallIsPaidByEveryCallThatItHeldUp() throws Exception {
    // Stands still for 200 ms at the first call: the 40 calls due meanwhile are late.
    Turn.Seen seen =
        Turn.run(
            caller(
                (number, ended) -> {
                  if (number == 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                  }
                  ended.answered();
                }),
            RATE,
            1,
            10);

    assertThat(seen.answered()).isEqualTo(RATE);
    assertThat(seen.latency().getCountBetweenValues(50_000_000, 10_000_000_000L))
        .isBetween(25L, 60L);
  }

  @Test
  void callsThatFindNoPlaceAreShed() throws Exception {
    List<Caller.Ended> open = new ArrayList<>();
    Turn.Seen seen =
        Turn.run(
            caller(
                (number, ended) -> {
                  open.add(ended);
                  if (open.size() == 4) {
                    open.forEach(Caller.Ended::answered);
                    open.clear();
                  }
                }),
            RATE,
            1,
            4);

    assertThat(seen.answered()).isEqualTo(RATE);

    Turn.Seen full =
        Turn.run(
            caller(
                (number, ended) -> {
                  if (number >= 1) {
                    ended.answered();
                  } else {
                    open.add(ended);
                  }
                  if (number == RATE - 1) {
                    open.forEach(Caller.Ended::answered);
                  }
                }),
            RATE,
            1,
            2);

    assertThat(full.answered() + full.shed()).isEqualTo(RATE);
  }

  @Test
  void whatACallerThrowsIsAFailedCall() throws Exception {
    Turn.Seen seen =
        Turn.run(
            caller(
                (number, ended) -> {
                  if (number % 2 == 0) {
                    throw new IllegalStateException("refused");
                  }
                  ended.answered();
                  // Told twice: counted once.
                  ended.failed(new IllegalStateException("late"));
                }),
            RATE,
            1,
            10);

    assertThat(seen.answered()).isEqualTo(RATE / 2);
    assertThat(seen.failed()).isEqualTo(RATE / 2);
    assertThat(seen.firstFailure()).isEqualTo("refused");
    assertThat(seen.lost()).isEqualTo(0.5);
  }

  private interface Send {
    void call(long number, Caller.Ended ended);
  }

  private static Caller caller(Send send) {
    return new Caller() {
      @Override
      public void send(long number, Ended ended) {
        send.call(number, ended);
      }

      @Override
      public void close() {}
    };
  }
}
