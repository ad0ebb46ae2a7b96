package io.waggle.jobs;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.Reward;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalEvent;

/** Decisions and rewards for the tests of the learning job. */
public final class TestRecords {
  private TestRecords() {}

  /** A decision among three actions with features, the chosen one given by index. */
  public static Decision decision(String surface, String id, long timeMillis, int chosen) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId(id)
            .setSurface(surface)
            .setUserId("user")
            .setEventTimeMillis(timeMillis)
            .addContext(namespace("context", "hour", (double) Math.floorMod(timeMillis, 24L)))
            .addOrder(chosen)
            .setPropensity(0.5)
            .setPolicy("learner");
    for (String action : new String[] {"a", "b", "c"}) {
      decision.addActions(
          Action.newBuilder().setId(action).addNamespaces(namespace("item", action, 1)));
    }
    return decision.build();
  }

  public static Reward reward(
      String surface, String decisionId, String rewardId, long timeMillis, double value) {
    return Reward.newBuilder()
        .setSurface(surface)
        .setDecisionId(decisionId)
        .setRewardId(rewardId)
        .setEventTimeMillis(timeMillis)
        .setValue(value)
        .build();
  }

  /** A click of a user on an item. */
  public static Interaction click(
      String surface, String id, String user, String item, long timeMillis) {
    return Interaction.newBuilder()
        .setSurface(surface)
        .setInteractionId(id)
        .setUserId(user)
        .setType("click")
        .setItemId(item)
        .setEventTimeMillis(timeMillis)
        .build();
  }

  /** A signal found in one interaction with an item. */
  public static Signal signal(
      String surface, String name, String user, SignalEvent event, long endedMillis) {
    return Signal.newBuilder()
        .setSignalId("signal-" + name + "-" + user + "-" + event.getInteractionId())
        .setSurface(surface)
        .setUserId(user)
        .setName(name)
        .setStartedMillis(event.getTimeMillis())
        .setEndedMillis(endedMillis)
        .addEvents(event)
        .build();
  }

  /** An interaction of a signal. */
  public static SignalEvent cart(String id, String item, String decisionId, long timeMillis) {
    return SignalEvent.newBuilder()
        .setStep("cart")
        .setInteractionId(id)
        .setType("cart")
        .setItemId(item)
        .setDecisionId(decisionId)
        .setTimeMillis(timeMillis)
        .build();
  }

  /** A decision with what came of it. */
  public static JoinedDecision joined(String surface, String id, int chosen, double reward) {
    return JoinedDecision.newBuilder()
        .setDecision(decision(surface, id, 1_000, chosen))
        .setReward(reward)
        .setRewardCount(1)
        .setRewardTimeMillis(5_000)
        .build();
  }

  private static Namespace namespace(String name, String feature, double value) {
    return Namespace.newBuilder()
        .setName(name)
        .addFeatures(
            Feature.newBuilder()
                .setName(feature)
                .setValue(FeatureValue.newBuilder().setNumber(value)))
        .build();
  }
}
