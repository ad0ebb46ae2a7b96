package io.waggle.server.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RecentDecisionsTest {
  @Test
  void aDecisionIsFoundWithoutItsUser() {
    try (RecentDecisions recent = new RecentDecisions(1 << 20)) {
      recent.offer(decision("d1", "ann"));
      await(() -> recent.count() == 1);

      assertThat(recent.find("d1")).isEqualTo(decision("d1", ""));
      assertThat(recent.find("d2")).isNull();
    }
  }

  @Test
  void theOldestGoAtTheBoundAndTheBytesStayBelowIt() {
    long each = decision("d00", "").getSerializedSize() + 6 + RecentDecisions.OVERHEAD_BYTES;
    try (RecentDecisions recent = new RecentDecisions(10 * each)) {
      for (int i = 0; i < 25; i++) {
        recent.offer(decision("d%02d".formatted(i), "ann"));
      }
      await(() -> recent.find("d24") != null);

      assertThat(recent.count()).isEqualTo(10);
      assertThat(recent.bytes()).isEqualTo(10 * each);
      assertThat(recent.find("d14")).isNull();
      assertThat(recent.find("d15")).isNotNull();
      assertThat(recent.passedOver()).isZero();
    }
  }

  @Test
  void aDecisionMadeAgainTakesTheOldOnesPlace() {
    try (RecentDecisions recent = new RecentDecisions(1 << 20)) {
      recent.offer(decision("d1", ""));
      recent.offer(decision("d1", "").toBuilder().setPolicy("later").build());
      await(() -> recent.count() == 1 && recent.find("d1").getPolicy().equals("later"));

      long charged = recent.find("d1").getSerializedSize() + 4 + RecentDecisions.OVERHEAD_BYTES;
      assertThat(recent.bytes()).isEqualTo(charged);
    }
  }

  @Test
  void withoutBytesNothingIsKept() {
    try (RecentDecisions recent = new RecentDecisions(0)) {
      recent.offer(decision("d1", ""));

      assertThat(recent.find("d1")).isNull();
      assertThat(recent.passedOver()).isZero();
    }
  }

  private static Decision decision(String id, String user) {
    return Decision.newBuilder()
        .setDecisionId(id)
        .setSurface("front")
        .setUserId(user)
        .addActions(Action.newBuilder().setId("a"))
        .build();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not happen within 20 s");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
