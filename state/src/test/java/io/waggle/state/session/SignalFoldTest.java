package io.waggle.state.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalTimes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalFoldTest {
  private static final long START = 1_700_000_000_000L;
  private static final long MINUTE = 60_000;

  private final SessionFold interactions = new SessionFold(SessionSettings.DEFAULT);

  @Test
  void matchesAreCountedInTheSessionOfTheirTime() {
    Session session = fold(null, at(START));
    session = SignalFold.fold(session, signal("hesitation", START));
    session = SignalFold.fold(session, signal("hesitation", START + MINUTE));
    assertThat(inSession(session, "hesitation")).isEqualTo(2);

    session = fold(session, at(START + 90 * MINUTE));

    assertThat(inSession(session, "hesitation")).isZero();
    assertThat(SignalFold.newestMillis(session)).isEqualTo(START + MINUTE);
    assertThat(session.getVersion()).isEqualTo(4);
    assertThat(SignalFold.interactions(session)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void orderInWhichSignalsAndInteractionsComeMakesNoDifference(long seed) {
    Random random = new Random(seed);
    List<Object> records = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      long timeMillis = START + random.nextInt(25) * MINUTE;
      records.add(at(timeMillis));
      records.add(signal("s" + random.nextInt(4), timeMillis));
    }
    Session inOrder = foldAll(records);

    Collections.shuffle(records, random);

    Session shuffled = foldAll(records);
    assertThat(shuffled.getSignals()).as("seed %d", seed).isEqualTo(inOrder.getSignals());
    assertThat(shuffled.getVersion()).isEqualTo(inOrder.getVersion());
    assertThat(shuffled.getStartedMillis()).isEqualTo(inOrder.getStartedMillis());
    assertThat(shuffled.getLength()).isEqualTo(inOrder.getLength());
  }

  @Test
  void whatIsRememberedIsBounded() {
    Session session = null;
    for (int i = 0; i < 2000; i++) {
      session = SignalFold.fold(session, signal("s" + i % 100, START + i));
    }

    Session bounded = Objects.requireNonNull(session);
    assertThat(bounded.getSignals().getFoundMap()).hasSize(SignalFold.MAX_SIGNALS);
    assertThat(bounded.getSignals().getFoundMap()).containsKey("shop/s99");
    assertThat(bounded.getSerializedSize()).isLessThan(4096);

    for (int i = 0; i < 100; i++) {
      bounded = SignalFold.fold(bounded, signal("s99", START + 10_000 + i));
    }
    SignalTimes times = bounded.getSignals().getFoundOrThrow("shop/s99");
    assertThat(times.getEndedMillisCount()).isEqualTo(SignalFold.MAX_TIMES);
    assertThat(SignalFold.newestMillis(times)).isEqualTo(START + 10_099);
  }

  private Session foldAll(List<Object> records) {
    Session session = null;
    for (Object each : records) {
      session =
          each instanceof Signal signal
              ? SignalFold.fold(session, signal)
              : fold(session, (Interaction) each);
    }
    return Objects.requireNonNull(session);
  }

  private Session fold(@Nullable Session session, Interaction interaction) {
    return interactions.fold(session, interaction).session();
  }

  private static int inSession(Session session, String name) {
    return SignalFold.inSession(
        session.getSignals().getFoundOrThrow("shop/" + name), session.getStartedMillis());
  }

  private static Interaction at(long timeMillis) {
    return Interaction.newBuilder()
        .setUserId("u")
        .setSurface("shop")
        .setType("click")
        .setEventTimeMillis(timeMillis)
        .build();
  }

  private static Signal signal(String name, long endedMillis) {
    return Signal.newBuilder()
        .setUserId("u")
        .setSurface("shop")
        .setName(name)
        .setEndedMillis(endedMillis)
        .build();
  }
}
