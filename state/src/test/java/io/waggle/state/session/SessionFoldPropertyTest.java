package io.waggle.state.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.state.session.SessionFold.Folded;
import io.waggle.state.session.SessionFold.Outcome;
import io.waggle.v1.Affinity;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import io.waggle.v1.SessionItem;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws of the fold over random histories: gaps, disorder, late ones, repeats, many names. */
class SessionFoldPropertyTest {
  private static final int EVENTS = 600;

  private final SessionFold fold = new SessionFold(SessionSettings.DEFAULT);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyInteractionIsAccountedForAndEveryBoundHolds(long seed) {
    List<Interaction> history = history(seed);
    Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    Session session = null;

    for (Interaction interaction : history) {
      Session before = session;
      Folded folded = fold.fold(session, interaction);
      session = folded.session();
      outcomes.merge(folded.outcome(), 1L, Long::sum);
      requireStep(before, folded);
      requireBounds(session);
    }

    Session last = Objects.requireNonNull(session);
    assertThat(last.getVersion()).isEqualTo(outcomes.get(Outcome.FOLDED));
    assertThat(last.getLateCount()).isEqualTo(outcomes.get(Outcome.LATE));
    assertThat(outcomes).containsOnlyKeys(Outcome.values());
    assertThat(outcomes.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(EVENTS);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void repeatingEachInteractionAtOnceChangesNothing(long seed) {
    Session once = null;
    Session twice = null;

    for (Interaction interaction : history(seed)) {
      once = fold.fold(once, interaction).session();
      twice = fold.fold(twice, interaction).session();
      twice = fold.fold(twice, interaction).session();
    }

    assertThat(twice).isEqualTo(once);
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24})
  void savingAndRestoringAnywhereGivesTheSameSession(long seed)
      throws InvalidProtocolBufferException {
    Random random = new Random(seed);
    Session kept = null;
    Session restored = null;

    for (Interaction interaction : history(seed)) {
      kept = fold.fold(kept, interaction).session();
      restored = fold.fold(restored, interaction).session();
      if (random.nextInt(5) == 0) {
        restored = Session.parseFrom(restored.toByteArray());
      }
      assertThat(restored).isEqualTo(kept);
    }
  }

  private static void requireStep(@Nullable Session before, Folded folded) {
    Session after = folded.session();
    long version = before == null ? 0 : before.getVersion();
    long lastMillis = before == null ? 0 : before.getLastMillis();
    assertThat(after.getLastMillis()).isGreaterThanOrEqualTo(lastMillis);
    switch (folded.outcome()) {
      case FOLDED -> assertThat(after.getVersion()).isEqualTo(version + 1);
      case LATE -> assertThat(after.getVersion()).isEqualTo(version);
      case DUPLICATE -> assertThat(after).isEqualTo(before);
    }
  }

  private static void requireBounds(Session session) {
    assertThat(session.getTypeCountsCount()).isLessThanOrEqualTo(32);
    assertThat(session.getRecentItemsCount()).isLessThanOrEqualTo(20);
    assertThat(session.getAffinitiesCount()).isLessThanOrEqualTo(50);
    assertThat(session.getRecentInteractionIdsCount()).isLessThanOrEqualTo(32);
    assertThat(session.getItemHashesCount()).isLessThanOrEqualTo(128);
    assertThat(session.getPast().getRecentItemsCount()).isLessThanOrEqualTo(20);
    assertThat(session.getPast().getItemHashesCount()).isLessThanOrEqualTo(128);
    assertThat(session.getStartedMillis()).isLessThanOrEqualTo(session.getLastMillis());
    assertThat(session.getRecentItemsList())
        .isSortedAccordingTo((a, b) -> Long.compare(a.getTimeMillis(), b.getTimeMillis()));
    assertThat(session.getRecentItemsList()).extracting(SessionItem::getItemId).doesNotContain("");
    assertThat(session.getAffinitiesMap().values())
        .extracting(Affinity::getValue)
        .allMatch(value -> value > 0 && Double.isFinite(value));
    long counted = session.getTypeCountsMap().values().stream().mapToLong(Long::longValue).sum();
    assertThat(counted).isLessThanOrEqualTo(session.getLength());
  }

  private static List<Interaction> history(long seed) {
    Random random = new Random(seed);
    List<Interaction> history = new ArrayList<>();
    long timeMillis = 1_700_000_000_000L;
    while (history.size() < EVENTS) {
      if (!history.isEmpty() && random.nextInt(8) == 0) {
        int back = 1 + random.nextInt(Math.min(20, history.size()));
        history.add(history.get(history.size() - back));
        continue;
      }
      // Mostly seconds, now and then a pause around the gap or of days.
      timeMillis +=
          switch (random.nextInt(20)) {
            case 0 -> 1_799_000 + random.nextInt(2_000);
            case 1 -> random.nextInt(400_000_000);
            default -> random.nextInt(20_000);
          };
      long disorderMillis = random.nextInt(10) == 0 ? random.nextInt(3_600_000) : 0;
      history.add(
          Interaction.newBuilder()
              .setInteractionId("i" + history.size())
              .setSurface("front")
              .setUserId("user")
              .setType("type" + random.nextInt(random.nextBoolean() ? 3 : 60))
              .setItemId(random.nextInt(5) == 0 ? "" : "item" + random.nextInt(100))
              .setCategory(random.nextInt(5) == 0 ? "" : "category" + random.nextInt(90))
              .setEventTimeMillis(timeMillis - disorderMillis)
              .build());
    }
    return history;
  }
}
