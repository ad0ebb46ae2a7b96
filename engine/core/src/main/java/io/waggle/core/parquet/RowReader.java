package io.waggle.core.parquet;

import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SlotReward;
import io.waggle.v1.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;

/**
 * A row as the decision that it was: the inverse of {@link RowWriter}. Columns that are not there
 * have their empty value, so that files with fewer columns are read. Pure; any thread.
 */
final class RowReader {
  private RowReader() {}

  /**
   * The decision of a row.
   *
   * @throws RuntimeException when a column is not of its type, or the row breaks a rule of it
   */
  static LoggedDecision decision(Group row) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId(text(row, DecisionColumns.DECISION_ID))
            .setSurface(text(row, DecisionColumns.SURFACE))
            .setEventTimeMillis(millis(row, DecisionColumns.EVENT_TIME))
            .setUserId(text(row, DecisionColumns.USER_ID))
            .setPolicy(text(row, DecisionColumns.POLICY))
            .setModelVersion(integer(row, DecisionColumns.MODEL_VERSION))
            .setSessionVersion(integer(row, DecisionColumns.SESSION_VERSION))
            .setSeed(integer(row, DecisionColumns.SEED))
            .setDeferred(
                has(row, DecisionColumns.DEFERRED) && row.getBoolean(DecisionColumns.DEFERRED, 0))
            .setPropensity(real(row, DecisionColumns.PROPENSITY))
            .addAllProbabilities(reals(row, DecisionColumns.PROBABILITIES))
            .addAllOrder(list(row, DecisionColumns.ACTION_ORDER, Group::getInteger))
            .addAllContext(features(row, DecisionColumns.CONTEXT))
            .addAllSession(features(row, DecisionColumns.SESSION));
    if (has(row, DecisionColumns.EXPLORATION_FLOOR)) {
      decision.setExplorationFloor(real(row, DecisionColumns.EXPLORATION_FLOOR));
    }
    actions(row, decision);
    for (Group effect : list(row, DecisionColumns.CONSTRAINTS, Group::getGroup)) {
      decision.addConstraints(ConstraintFields.effect(effect));
    }
    List<Double> factors = reals(row, DecisionColumns.FACTORS);
    if (!factors.isEmpty()) {
      decision.setFactors(ConstraintFields.factors(factors));
    }
    if (has(row, DecisionColumns.ITEMS_SELECTED)) {
      decision.setRetrieval(RetrievalFields.retrieval(row));
    }
    JoinedDecision.Builder joined =
        JoinedDecision.newBuilder()
            .setReward(real(row, DecisionColumns.REWARD))
            .setRewardCount((int) integer(row, DecisionColumns.REWARD_COUNT))
            .setRewardTimeMillis(millis(row, DecisionColumns.REWARD_TIME));
    for (Group slot : list(row, DecisionColumns.SLOTS, Group::getGroup)) {
      slot(slot, decision, joined);
    }
    if (has(row, DecisionColumns.SOURCE_TOPIC)) {
      decision.setPosition(
          SourcePosition.newBuilder()
              .setTopic(text(row, DecisionColumns.SOURCE_TOPIC))
              .setPartition((int) integer(row, DecisionColumns.SOURCE_PARTITION))
              .setOffset(integer(row, DecisionColumns.SOURCE_OFFSET)));
    }
    return new LoggedDecision(
        joined.setDecision(decision).build(),
        has(row, DecisionColumns.KEPT_PROBABILITY)
            ? real(row, DecisionColumns.KEPT_PROBABILITY)
            : 1);
  }

  private static void actions(Group row, Decision.Builder decision) {
    List<String> ids = list(row, DecisionColumns.ACTIONS, Group::getString);
    List<String> features = list(row, DecisionColumns.ACTION_FEATURES, Group::getString);
    if (!features.isEmpty() && features.size() != ids.size()) {
      throw new IllegalArgumentException(
          "%s: another number than actions (expected: none, or one an action)"
              .formatted(DecisionColumns.ACTION_FEATURES));
    }
    for (int i = 0; i < ids.size(); i++) {
      Action.Builder action = Action.newBuilder().setId(ids.get(i));
      if (!features.isEmpty()) {
        action.addAllNamespaces(
            FeatureJson.namespaces(DecisionColumns.ACTION_FEATURES, features.get(i)));
      }
      decision.addActions(action);
    }
  }

  private static void slot(Group slot, Decision.Builder decision, JoinedDecision.Builder joined) {
    SlotDecision.Builder filled =
        SlotDecision.newBuilder()
            .setAction((int) integer(slot, DecisionColumns.SLOT_ACTION_INDEX))
            .setPropensity(real(slot, DecisionColumns.PROPENSITY))
            .addAllProbabilities(reals(slot, DecisionColumns.PROBABILITIES));
    filled
        .getSlotBuilder()
        .setId(text(slot, DecisionColumns.SLOT_ID))
        .addAllFeatures(features(slot, DecisionColumns.SLOT_FEATURES));
    List<Double> factors = reals(slot, DecisionColumns.FACTORS);
    if (!factors.isEmpty()) {
      filled.setFactors(ConstraintFields.factors(factors));
    }
    decision.addSlots(filled);
    if (has(slot, DecisionColumns.REWARD)) {
      joined.addSlotRewards(
          SlotReward.newBuilder()
              .setReward(real(slot, DecisionColumns.REWARD))
              .setRewardCount((int) integer(slot, DecisionColumns.REWARD_COUNT)));
    }
  }

  private static boolean has(Group group, String name) {
    return group.getType().containsField(name) && group.getFieldRepetitionCount(name) > 0;
  }

  static String text(Group group, String name) {
    return has(group, name) ? group.getString(name, 0) : "";
  }

  private static double real(Group group, String name) {
    return has(group, name) ? group.getDouble(name, 0) : 0;
  }

  /** Of 32 or 64 bits: tools that copy a log may widen it. */
  static long integer(Group group, String name) {
    if (!has(group, name)) {
      return 0;
    }
    return switch (group.getType().getType(name).asPrimitiveType().getPrimitiveTypeName()) {
      case INT32 -> group.getInteger(name, 0);
      default -> group.getLong(name, 0);
    };
  }

  /** Milliseconds since 1970 UTC, whatever the column's unit: tools that copy a log change it. */
  private static long millis(Group group, String name) {
    long value = integer(group, name);
    LogicalTypeAnnotation type =
        group.getType().containsField(name)
            ? group.getType().getType(name).getLogicalTypeAnnotation()
            : null;
    if (!(type instanceof TimestampLogicalTypeAnnotation timestamp)) {
      return value;
    }
    return switch (timestamp.getUnit()) {
      case MILLIS -> value;
      case MICROS -> TimeUnit.MICROSECONDS.toMillis(value);
      case NANOS -> TimeUnit.NANOSECONDS.toMillis(value);
    };
  }

  private static List<Namespace> features(Group group, String name) {
    return has(group, name) ? FeatureJson.namespaces(name, group.getString(name, 0)) : List.of();
  }

  private static List<Double> reals(Group group, String name) {
    return list(group, name, Group::getDouble);
  }

  /** Reads a field of an element; the first number is the field, the second 0. */
  @FunctionalInterface
  interface Element<T> {
    T read(Group group, int field, int index);
  }

  static <T> List<T> list(Group group, String name, Element<T> element) {
    if (!has(group, name)) {
      return List.of();
    }
    Group repeated = group.getGroup(name, 0);
    int size = repeated.getFieldRepetitionCount(0);
    List<T> items = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      items.add(element.read(repeated.getGroup(0, i), 0, 0));
    }
    return items;
  }
}
