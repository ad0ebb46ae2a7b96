package io.waggle.server.explain;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentDecisionsTest {
  private final RecentDecisions recent = new RecentDecisions(1 << 20);

  @Test
  void aDecisionIsFoundWithoutItsUser() {
    keep(recent, decision("d1", "ann"));

    assertThat(recent.find("d1")).isEqualTo(decision("d1", ""));
    assertThat(recent.find("d2")).isNull();
  }

  @Test
  void aUserGivenTwiceIsTakenOutTwice() {
    byte[] once = decision("d1", "ann").toByteArray();
    byte[] again = Decision.newBuilder().setUserId("bob").build().toByteArray();
    byte[] both =
        (new String(once, ISO_8859_1) + new String(again, ISO_8859_1)).getBytes(ISO_8859_1);
    recent.keep("d1", both);

    assertThat(recent.find("d1")).isEqualTo(decision("d1", ""));
    assertThat(recent.bytes()).isEqualTo(charged(decision("d1", "")));
  }

  @Test
  void theOldestGoAtTheBoundAndTheBytesStayBelowIt() {
    long each = charged(decision("d00", ""));
    RecentDecisions ten = new RecentDecisions(10 * each);
    for (int i = 0; i < 25; i++) {
      keep(ten, decision("d%02d".formatted(i), "ann"));
    }

    assertThat(ten.count()).isEqualTo(10);
    assertThat(ten.bytes()).isEqualTo(10 * each);
    assertThat(ten.find("d14")).isNull();
    assertThat(ten.find("d15")).isNotNull();
  }

  @Test
  void aDecisionMadeAgainTakesTheOldOnesPlace() {
    keep(recent, decision("d1", ""));
    keep(recent, decision("d1", "").toBuilder().setPolicy("later").build());

    Decision kept = Objects.requireNonNull(recent.find("d1"));
    assertThat(kept.getPolicy()).isEqualTo("later");
    assertThat(recent.count()).isEqualTo(1);
    assertThat(recent.bytes()).isEqualTo(charged(kept));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whatIsFoundIsWhatWasKeptAndTheNewestAreThere(long seed) {
    Random random = new Random(seed);
    int bound = 3_000;
    RecentDecisions few = new RecentDecisions(bound);
    Map<String, Decision> newest = new LinkedHashMap<>();
    for (int i = 0; i < 2_000; i++) {
      String id = "d" + random.nextInt(40);
      Decision decision =
          decision(id, "ann").toBuilder().setPolicy("p".repeat(random.nextInt(900))).build();
      keep(few, decision);
      newest.remove(id);
      newest.put(id, decision.toBuilder().clearUserId().build());

      assertThat(few.bytes()).isLessThanOrEqualTo(bound);
      assertThat(few.find(id)).as("seed %d, the newest", seed).isEqualTo(newest.get(id));
      newest.forEach((other, kept) -> assertThat(few.find(other)).isIn(null, kept));
    }
    assertThat(few.count()).isBetween(2, 39);
  }

  @Test
  void oneThatTakesMoreThanTheBoundIsNotKeptAndPushesNothingOut() {
    RecentDecisions few = new RecentDecisions(1_000);
    keep(few, decision("d1", "ann"));
    keep(few, decision("d2", "ann").toBuilder().setPolicy("p".repeat(1_000)).build());

    assertThat(few.find("d1")).isNotNull();
    assertThat(few.find("d2")).isNull();
  }

  @Test
  void withoutBytesNothingIsKept() {
    RecentDecisions none = new RecentDecisions(0);
    keep(none, decision("d1", ""));

    assertThat(none.find("d1")).isNull();
    assertThat(none.bytes()).isZero();
  }

  @Test
  void bytesThatAreNoMessageAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> recent.keep("d1", "no message".getBytes(UTF_8)));
    assertThat(recent.count()).isZero();
  }

  private static void keep(RecentDecisions recent, Decision decision) {
    recent.keep(decision.getDecisionId(), decision.toByteArray());
  }

  private static long charged(Decision decision) {
    return decision.getSerializedSize()
        + 2L * decision.getDecisionId().length()
        + RecentDecisions.OVERHEAD_BYTES;
  }

  private static Decision decision(String id, String user) {
    return Decision.newBuilder()
        .setDecisionId(id)
        .setSurface("front")
        .setUserId(user)
        .addActions(Action.newBuilder().setId("a"))
        .build();
  }
}
