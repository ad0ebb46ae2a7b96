package io.waggle.core.parquet;

import io.waggle.core.feature.PackedFeatures;
import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SlotReward;
import io.waggle.v1.SourcePosition;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/** Takes a decision apart into the columns of {@link DecisionColumns}. One thread. */
final class RowWriter extends WriteSupport<LoggedDecision> {
  private @Nullable RecordConsumer columns;

  @Override
  @SuppressWarnings("deprecation") // Abstract still, though only Hadoop's readers call it.
  public WriteContext init(Configuration configuration) {
    throw new UnsupportedOperationException("there is no Hadoop here");
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return new WriteContext(DecisionColumns.SCHEMA, Map.of());
  }

  @Override
  public void prepareForWrite(RecordConsumer consumer) {
    columns = consumer;
  }

  @Override
  public void write(LoggedDecision row) {
    if (columns == null) {
      throw new IllegalStateException("prepareForWrite was not called");
    }
    columns.startMessage();
    write(
        new Fields(columns, DecisionColumns.SCHEMA),
        row.joined(),
        PackedFeatures.decision(row.joined()),
        row.keptProbability());
    columns.endMessage();
  }

  private static void write(
      Fields row, JoinedDecision joined, Decision decision, double keptProbability) {
    row.text(DecisionColumns.DECISION_ID, decision.getDecisionId());
    row.text(DecisionColumns.SURFACE, decision.getSurface());
    row.number(DecisionColumns.EVENT_TIME, decision.getEventTimeMillis());
    row.textOrNull(DecisionColumns.USER_ID, decision.getUserId());
    row.textOrNull(DecisionColumns.POLICY, decision.getPolicy());
    row.number(DecisionColumns.MODEL_VERSION, decision.getModelVersion());
    row.number(DecisionColumns.SESSION_VERSION, decision.getSessionVersion());
    row.number(DecisionColumns.SEED, decision.getSeed());
    row.flag(DecisionColumns.DEFERRED, decision.getDeferred());
    if (decision.getOrderCount() > 0) {
      row.textOrNull(DecisionColumns.CHOSEN_ACTION, actionId(decision, decision.getOrder(0)));
    }
    row.number(DecisionColumns.PROPENSITY, decision.getPropensity());
    if (decision.hasExplorationFloor()) {
      row.number(DecisionColumns.EXPLORATION_FLOOR, decision.getExplorationFloor());
    }
    row.number(DecisionColumns.REWARD, joined.getReward());
    row.number(DecisionColumns.REWARD_COUNT, joined.getRewardCount());
    if (joined.getRewardTimeMillis() != 0) {
      row.number(DecisionColumns.REWARD_TIME, joined.getRewardTimeMillis());
    }
    row.number(DecisionColumns.KEPT_PROBABILITY, keptProbability);
    List<Action> actions = decision.getActionsList();
    row.list(
        DecisionColumns.ACTIONS,
        actions,
        (element, action) -> element.text(Fields.ELEMENT, action.getId()));
    row.list(
        DecisionColumns.ACTION_FEATURES,
        actions,
        (element, action) ->
            element.text(Fields.ELEMENT, FeatureJson.text(action.getNamespacesList())));
    row.numbers(DecisionColumns.PROBABILITIES, decision.getProbabilitiesList());
    row.list(
        DecisionColumns.ACTION_ORDER,
        decision.getOrderList(),
        (element, index) -> element.number(Fields.ELEMENT, index.intValue()));
    int count = decision.getActionsCount();
    row.numbers(
        DecisionColumns.FACTORS,
        decision.hasFactors() ? ConstraintFields.factors(decision.getFactors(), count) : List.of());
    row.list(
        DecisionColumns.CONSTRAINTS,
        decision.getConstraintsList(),
        (element, effect) ->
            element.group(Fields.ELEMENT, fields -> ConstraintFields.write(fields, effect)));
    if (decision.hasRetrieval()) {
      RetrievalFields.write(row, decision.getRetrieval());
    }
    row.text(DecisionColumns.CONTEXT, FeatureJson.text(decision.getContextList()));
    row.text(DecisionColumns.SESSION, FeatureJson.text(decision.getSessionList()));
    row.list(
        DecisionColumns.SLOTS,
        IntStream.range(0, decision.getSlotsCount()).boxed().toList(),
        (element, index) ->
            element.group(Fields.ELEMENT, slot -> write(slot, joined, decision, index)));
    if (decision.hasPosition()) {
      SourcePosition position = decision.getPosition();
      row.text(DecisionColumns.SOURCE_TOPIC, position.getTopic());
      row.number(DecisionColumns.SOURCE_PARTITION, position.getPartition());
      row.number(DecisionColumns.SOURCE_OFFSET, position.getOffset());
    }
  }

  private static void write(Fields slot, JoinedDecision joined, Decision decision, int index) {
    SlotDecision filled = decision.getSlots(index);
    slot.text(DecisionColumns.SLOT_ID, filled.getSlot().getId());
    slot.text(DecisionColumns.SLOT_FEATURES, FeatureJson.text(filled.getSlot().getFeaturesList()));
    slot.number(DecisionColumns.SLOT_ACTION_INDEX, filled.getAction());
    slot.textOrNull(DecisionColumns.SLOT_ACTION, actionId(decision, filled.getAction()));
    slot.number(DecisionColumns.PROPENSITY, filled.getPropensity());
    slot.numbers(DecisionColumns.PROBABILITIES, filled.getProbabilitiesList());
    slot.numbers(
        DecisionColumns.FACTORS,
        filled.hasFactors()
            ? ConstraintFields.factors(filled.getFactors(), decision.getActionsCount())
            : List.of());
    if (index < joined.getSlotRewardsCount()) {
      SlotReward reward = joined.getSlotRewards(index);
      slot.number(DecisionColumns.REWARD, reward.getReward());
      slot.number(DecisionColumns.REWARD_COUNT, reward.getRewardCount());
    }
  }

  /** Empty for an index that names no action. */
  private static String actionId(Decision decision, int index) {
    return index < 0 || index >= decision.getActionsCount()
        ? ""
        : decision.getActions(index).getId();
  }
}
