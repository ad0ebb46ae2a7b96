package io.waggle.jobs.session;

import static io.waggle.jobs.session.SessionFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.FeatureConfig;
import io.waggle.v1.Interaction;
import io.waggle.v1.InteractionFilter;
import io.waggle.v1.ItemStatisticFeature;
import io.waggle.v1.RankTask;
import io.waggle.v1.Session;
import io.waggle.v1.SessionEvent;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ItemInteractionsTest {
  private static final FeatureConfig RATE =
      FeatureConfig.newBuilder()
          .setName("rate")
          .setItemStatistic(
              ItemStatisticFeature.newBuilder()
                  .setOf(InteractionFilter.newBuilder().addTypes("click"))
                  .setPer(InteractionFilter.newBuilder().addTypes("view")))
          .build();

  private final ItemInteractions items =
      new ItemInteractions(ItemStatisticsFunctionTest.surfaces(RATE));

  @Test
  void onlyWhatAStatisticCountsIsSent() {
    assertThat(items.of(event("click"), session(1))).isEqualTo(ItemInteractions.Outcome.SENT);
    assertThat(items.of(event("share"), session(1))).isEqualTo(ItemInteractions.Outcome.UNCOUNTED);
    assertThat(
            new ItemInteractions(ItemStatisticsFunctionTest.surfaces())
                .of(event("click"), session(1)))
        .isEqualTo(ItemInteractions.Outcome.UNCOUNTED);
  }

  @Test
  void aSessionThatGoesOnAndOnNoLongerCounts() {
    assertThat(items.of(event("click"), session(1_000))).isEqualTo(ItemInteractions.Outcome.SENT);
    assertThat(items.of(event("click"), session(1_001)))
        .isEqualTo(ItemInteractions.Outcome.BOUNDED);
  }

  @Test
  void repeatsAreNotSentAndLateOnesAre() throws Exception {
    SessionFunction function = new SessionFunction(ItemStatisticsFunctionTest.surfaces(RATE));
    try (var harness =
        new KeyedTwoInputStreamOperatorTestHarness<String, Interaction, SessionEvent, RankTask>(
            new KeyedCoProcessOperator<>(function),
            Interaction::getUserId,
            event -> event.getRequest().getUserId(),
            Types.STRING)) {
      harness.open();
      Interaction click = event("click");
      Interaction late =
          click.toBuilder().setInteractionId("late").setEventTimeMillis(START - 86_400_000).build();
      for (Interaction each : new Interaction[] {click, click, late, late}) {
        harness.processElement1(each, each.getEventTimeMillis());
      }

      assertThat(harness.getSideOutput(SessionFunction.ITEM_INTERACTIONS))
          .extracting(each -> each.getValue().getInteractionId())
          .containsExactly("i1", "late");
      assertThat(function.count("shop", SessionFunction.ITEM_SENT)).isEqualTo(2);
      assertThat(function.count("shop", SessionFunction.ITEM_BOUNDED)).isZero();
    }
  }

  private static Session session(long length) {
    return Session.newBuilder().setUserId("u").setLength(length).build();
  }

  private static Interaction event(String type) {
    return Interaction.newBuilder()
        .setInteractionId("i1")
        .setSurface("shop")
        .setUserId("u")
        .setItemId("cup")
        .setType(type)
        .setEventTimeMillis(START)
        .build();
  }
}
