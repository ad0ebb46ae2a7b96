package io.waggle.state.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.waggle.state.session.SessionFold.Folded;
import io.waggle.state.session.SessionFold.Outcome;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import io.waggle.v1.SessionItem;
import io.waggle.v1.Signal;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionFoldTest {
  private static final long START = 1_700_000_000_000L;
  private static final long MINUTE = 60_000;
  private static final long DAY = 86_400_000;
  private static final long GAP = 30 * MINUTE;

  private final SessionFold fold = new SessionFold(SessionSettings.DEFAULT);
  private int made;

  @Test
  void firstInteractionBeginsTheFirstSession() {
    Session session = folded(null, click(START, "item", "news"));

    assertThat(session.getUserId()).isEqualTo("user");
    assertThat(session.getVersion()).isEqualTo(1);
    assertThat(session.getStartedMillis()).isEqualTo(START);
    assertThat(session.getLastMillis()).isEqualTo(START);
    assertThat(session.getSessionCount()).isEqualTo(1);
    assertThat(session.getLength()).isEqualTo(1);
    assertThat(session.getTypeCountsMap()).containsOnlyKeys("click").containsValue(1L);
    assertThat(session.getRecentItemsList())
        .containsExactly(
            SessionItem.newBuilder()
                .setItemId("item")
                .setCategory("news")
                .setType("click")
                .setTimeMillis(START)
                .build());
    assertThat(session.getAffinitiesOrThrow("news").getValue()).isEqualTo(1);
  }

  @Test
  void pauseOfExactlyTheGapGoesOnWithTheSession() {
    Session session = folded(folded(null, at(START)), at(START + GAP));

    assertThat(session.getSessionCount()).isEqualTo(1);
    assertThat(session.getLength()).isEqualTo(2);
    assertThat(session.getStartedMillis()).isEqualTo(START);
  }

  @Test
  void longerPauseStartsANewSessionAndKeepsWhatIsLongTerm() {
    Session before = folded(null, click(START, "item", "news"));

    Session session = folded(before, view(START + GAP + 1));

    assertThat(session.getSessionCount()).isEqualTo(2);
    assertThat(session.getLength()).isEqualTo(1);
    assertThat(session.getStartedMillis()).isEqualTo(START + GAP + 1);
    assertThat(session.getTypeCountsMap()).containsOnlyKeys("view");
    assertThat(session.getRecentItemsList()).isEmpty();
    assertThat(session.getAffinitiesMap()).containsOnlyKeys("news");
    assertThat(session.getRecentInteractionIdsCount()).isEqualTo(2);
    assertThat(session.getVersion()).isEqualTo(2);
  }

  @Test
  void interactionOutOfOrderInsideTheGapIsFoldedAndTimeStaysAtTheNewest() {
    Session before = folded(null, click(START, "newer", "news"));

    Session session = folded(before, click(START - GAP, "older", "sport"));

    assertThat(session.getLastMillis()).isEqualTo(START);
    assertThat(session.getStartedMillis()).isEqualTo(START - GAP);
    assertThat(session.getLength()).isEqualTo(2);
    assertThat(session.getSessionCount()).isEqualTo(1);
    assertThat(session.getRecentItemsList())
        .extracting(SessionItem::getItemId)
        .containsExactly("older", "newer");
  }

  @Test
  void interactionOlderThanTheNewestByMoreThanTheGapLeavesTheSessionAsItIs() {
    Session before = folded(null, click(START, "item", "news"));

    Folded late = fold.fold(before, click(START - GAP - 1, "old", ""));

    assertThat(late.outcome()).isEqualTo(Outcome.LATE);
    assertThat(late.session().getLateCount()).isEqualTo(1);
    assertThat(withoutLate(late.session())).isEqualTo(withoutLate(before));
  }

  @Test
  void lateInteractionStillCountsInItsTasteDecayedByItsAge() {
    Session before = folded(null, click(START, "item", "news"));

    Session session = fold.fold(before, click(START - 7 * DAY, "old", "news")).session();

    assertThat(session.getAffinitiesOrThrow("news").getValue()).isCloseTo(1.5, within(1e-12));
    assertThat(session.getVersion()).isEqualTo(before.getVersion());
    assertThat(session.getLength()).isEqualTo(1);
  }

  @Test
  void lateInteractionPushesNoPresentTasteOut() {
    Session session = folded(null, click(START, "a", "present0"));
    for (int i = 1; i < 50; i++) {
      session = folded(session, click(START + i, "a", "present" + i));
    }

    Session after = fold.fold(session, click(START - DAY, "a", "old")).session();

    assertThat(after.getAffinitiesMap()).isEqualTo(session.getAffinitiesMap());
  }

  @Test
  void interactionThatClosesThePauseMakesTwoSessionsOne() {
    Session before = folded(null, click(START, "first", "news"));
    before = folded(before, click(START + GAP + MINUTE, "last", "news"));
    assertThat(before.getSessionCount()).isEqualTo(2);

    Session session = folded(before, click(START + GAP / 2, "between", "news"));

    assertThat(session.getSessionCount()).isEqualTo(1);
    assertThat(session.getStartedMillis()).isEqualTo(START);
    assertThat(session.getLastMillis()).isEqualTo(START + GAP + MINUTE);
    assertThat(session.getLength()).isEqualTo(3);
    assertThat(session.getTypeCountsMap()).containsOnlyKeys("click").containsValue(3L);
    assertThat(session.getItemHashesCount()).isEqualTo(3);
    assertThat(session.hasPast()).isFalse();
    assertThat(session.getRecentItemsList())
        .extracting(SessionItem::getItemId)
        .containsExactly("first", "between", "last");
  }

  @Test
  void pastSessionIsForgottenWhenNothingCanJoinItAnyMore() {
    Session session = folded(folded(null, at(START)), at(START + 2 * GAP));
    assertThat(session.hasPast()).isTrue();

    assertThat(folded(session, at(START + 2 * GAP + 1)).hasPast()).isFalse();
    assertThat(folded(folded(null, at(START)), at(START + 2 * GAP + 1)).hasPast()).isFalse();
  }

  @Test
  void distinctItemsAreCountedToTheirBound() {
    Session session = folded(null, click(START, "item0", "news"));
    for (int i = 1; i < 300; i++) {
      session = folded(session, click(START + i, "item" + i % 150, "news"));
    }

    assertThat(session.getItemHashesCount()).isEqualTo(128);
  }

  @Test
  void repeatOfALateInteractionIsADuplicate() {
    Interaction late = at(START - GAP - 1);
    Session session = fold.fold(folded(null, at(START)), late).session();

    Folded repeated = fold.fold(session, late);

    assertThat(repeated.outcome()).isEqualTo(Outcome.DUPLICATE);
    assertThat(repeated.session()).isEqualTo(session);
  }

  @Test
  void repeatOfAnIdChangesNothing() {
    Interaction interaction = click(START, "item", "news");
    Session session = folded(folded(null, interaction), at(START + 1));

    Folded repeated = fold.fold(session, interaction);

    assertThat(repeated.outcome()).isEqualTo(Outcome.DUPLICATE);
    assertThat(repeated.session()).isSameAs(session);
  }

  @Test
  void onlyTheNewestThirtyTwoIdsAreRemembered() {
    Session session = folded(null, named("first", START));
    for (int i = 0; i < SessionFold.MAX_IDS; i++) {
      session = folded(session, named("id" + i, START + i));
    }

    assertThat(session.getRecentInteractionIdsList()).hasSize(32).startsWith("id0");
    assertThat(fold.fold(session, named("id0", START)).outcome()).isEqualTo(Outcome.DUPLICATE);
    assertThat(fold.fold(session, named("first", START)).outcome()).isEqualTo(Outcome.FOLDED);
  }

  @Test
  void interactionsWithoutAnIdAreNeverTakenForEachOther() {
    Session session = folded(folded(null, named("", START)), named("", START));

    assertThat(session.getLength()).isEqualTo(2);
    assertThat(session.getRecentInteractionIdsList()).isEmpty();
  }

  @Test
  void typesBeyondTheBoundCountInTheLengthOnly() {
    Session session = null;
    for (int i = 0; i < 40; i++) {
      session = folded(session, at(START).toBuilder().setType("type" + i).build());
    }
    session = folded(session, at(START).toBuilder().setType("type0").build());

    assertThat(session.getTypeCountsCount()).isEqualTo(32);
    assertThat(session.getTypeCountsOrThrow("type0")).isEqualTo(2);
    assertThat(session.getLength()).isEqualTo(41);
  }

  @Test
  void oldestItemLeavesAtTheBound() {
    Session session = folded(null, click(START, "item0", ""));
    for (int i = 1; i < 21; i++) {
      session = folded(session, click(START + i, "item" + i, ""));
    }
    Session afterOld = folded(session, click(START, "too old", ""));

    assertThat(session.getRecentItemsList()).hasSize(20);
    assertThat(session.getRecentItems(0).getItemId()).isEqualTo("item1");
    assertThat(afterOld.getRecentItemsList()).isEqualTo(session.getRecentItemsList());
  }

  @Test
  void affinityHalvesInItsHalfLife() {
    Session session = folded(null, click(START, "a", "news"));

    session = folded(session, click(START + 7 * DAY, "b", "news"));

    assertThat(session.getAffinitiesOrThrow("news").getValue()).isCloseTo(1.5, within(1e-12));
    assertThat(session.getAffinitiesOrThrow("news").getUpdatedMillis()).isEqualTo(START + 7 * DAY);
  }

  @Test
  void affinityDoesNotDependOnTheOrderOfArrival() {
    SessionFold quick =
        new SessionFold(
            new SessionSettings(Duration.ofHours(1), Duration.ofMinutes(10), Duration.ofHours(1)));
    Interaction older = click(START, "a", "news");
    Interaction newer = click(START + 10 * MINUTE, "b", "news");

    Session inOrder = quick.fold(quick.fold(null, older).session(), newer).session();
    Session reversed = quick.fold(quick.fold(null, newer).session(), older).session();

    assertThat(reversed.getAffinitiesOrThrow("news"))
        .isEqualTo(inOrder.getAffinitiesOrThrow("news"));
    assertThat(inOrder.getAffinitiesOrThrow("news").getValue()).isCloseTo(1.5, within(1e-12));
  }

  @Test
  void weakestAffinityLeavesForANewCategory() {
    Session session = folded(null, click(START, "a", "weak"));
    for (int i = 0; i < 49; i++) {
      session = folded(session, click(START + MINUTE, "a", "strong" + i));
    }

    session = folded(session, click(START + 2 * MINUTE, "a", "new"));

    assertThat(session.getAffinitiesMap()).hasSize(50).containsKey("new").doesNotContainKey("weak");
  }

  @Test
  void newCategoryStaysEvenWhenAllOthersAreStronger() {
    Session session = null;
    for (int i = 0; i < 100; i++) {
      session = folded(session, click(START + i, "a", "strong" + i % 50));
    }

    session = folded(session, click(START + 100, "a", "new"));

    assertThat(session.getAffinitiesMap()).hasSize(50).containsKey("new");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void stateIsBoundedWhateverABotSends(long seed) {
    Random random = new Random(seed);
    Session session = null;
    for (int i = 0; i < 5_000; i++) {
      String longest = "x".repeat(250) + i;
      session =
          fold.fold(
                  session,
                  Interaction.newBuilder()
                      .setInteractionId(longest)
                      .setSurface("front")
                      .setUserId("user")
                      .setType("t".repeat(59) + i)
                      .setItemId(longest)
                      .setCategory(longest)
                      .setEventTimeMillis(START + i * MINUTE - random.nextLong(2 * GAP))
                      .build())
              .session();
      if (random.nextInt(100) == 0) {
        // As good as a pause: the session before is kept beside the new one.
        i += 45;
      }
      session =
          SignalFold.fold(
              session,
              Signal.newBuilder()
                  .setSurface("s".repeat(128))
                  .setName("n".repeat(59) + i)
                  .setEndedMillis(START + i * MINUTE)
                  .build());
      assertThat(session.getSerializedSize()).as("seed %d", seed).isLessThan(64 << 10);
    }
  }

  @Test
  void fastClockWithinTheGapMakesNoOtherInteractionLate() {
    Session session = folded(null, at(START + 5 * MINUTE));

    session = folded(session, at(START));
    session = folded(session, at(START + MINUTE));

    assertThat(session.getLength()).isEqualTo(3);
    assertThat(session.getSessionCount()).isEqualTo(1);
    assertThat(session.getStartedMillis()).isEqualTo(START);
  }

  @Test
  void interactionWithoutATimeIsRefused() {
    assertThatThrownBy(() -> fold.fold(null, at(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("event_time_millis: 0 (expected: above 0)");
  }

  @Test
  void interactionOfAnotherUserIsRefused() {
    Session session = folded(null, at(START));

    assertThatThrownBy(() -> fold.fold(session, at(START).toBuilder().setUserId("x").build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("user_id");
  }

  private Session folded(@Nullable Session session, Interaction interaction) {
    Folded folded = fold.fold(session, interaction);
    assertThat(folded.outcome()).isEqualTo(Outcome.FOLDED);
    return folded.session();
  }

  private static Session withoutLate(Session session) {
    return session.toBuilder().clearLateCount().clearRecentInteractionIds().build();
  }

  private Interaction click(long timeMillis, String item, String category) {
    return at(timeMillis).toBuilder()
        .setType("click")
        .setItemId(item)
        .setCategory(category)
        .build();
  }

  private Interaction view(long timeMillis) {
    return at(timeMillis);
  }

  private Interaction at(long timeMillis) {
    return named("made" + made++, timeMillis);
  }

  private static Interaction named(String id, long timeMillis) {
    return Interaction.newBuilder()
        .setInteractionId(id)
        .setSurface("front")
        .setUserId("user")
        .setType("view")
        .setEventTimeMillis(timeMillis)
        .build();
  }
}
