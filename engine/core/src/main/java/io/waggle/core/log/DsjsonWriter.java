package io.waggle.core.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.waggle.core.feature.PackedFeatures;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SlotReward;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes decisions as dsjson that Vowpal Wabbit and {@link DsjsonLog} read. The id of an action or
 * slot is its name and, as in our own encoding, its feature {@code id}. Surface, user, seed and the
 * session's version have no place in dsjson; the session's features become shared ones. One thread.
 */
public final class DsjsonWriter {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonGenerator json;

  private DsjsonWriter(JsonGenerator json) {
    this.json = json;
  }

  /**
   * Creates or replaces a file, packed where its name ends with {@code .gz}.
   *
   * @throws IOException when it cannot be written
   */
  public static DecisionLogWriter create(Path file) throws IOException {
    return LineWriter.create(file, DsjsonWriter::line);
  }

  static String line(LoggedDecision logged) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      new DsjsonWriter(json).write(logged);
    }
    return text.toString();
  }

  private void write(LoggedDecision logged) throws IOException {
    JoinedDecision joined = logged.joined();
    Decision decision = PackedFeatures.decision(joined);
    boolean severalSlots = decision.getSlotsCount() > 0;
    json.writeStartObject();
    if (!severalSlots) {
      // VW applies the label where c ends: it has to come before.
      label(decision, joined);
    }
    json.writeStringField(
        "Timestamp", Instant.ofEpochMilli(decision.getEventTimeMillis()).toString());
    json.writeStringField("Version", "1");
    json.writeStringField("EventId", decision.getDecisionId());
    if (!severalSlots) {
      json.writeFieldName("a");
      actions(listed(decision), 1);
    }
    json.writeFieldName("c");
    context(decision);
    if (severalSlots) {
      // And the slots' outcomes where it knows the slots: after.
      outcomes(decision, joined);
    } else {
      json.writeFieldName("p");
      probabilities(listed(decision), decision.getProbabilitiesList(), decision.getPropensity());
    }
    if (logged.keptProbability() < 1) {
      json.writeNumberField("pdrop", 1 - logged.keptProbability());
    }
    json.writeObjectFieldStart("VWState");
    json.writeStringField("m", DsjsonModel.text(decision));
    json.writeEndObject();
    json.writeEndObject();
  }

  private void label(Decision decision, JoinedDecision joined) throws IOException {
    int chosen = decision.getOrder(0);
    double cost = 0 - joined.getReward();
    json.writeNumberField("_label_cost", cost);
    json.writeNumberField("_label_probability", decision.getPropensity());
    json.writeNumberField("_label_Action", chosen + 1);
    json.writeNumberField("_labelIndex", chosen);
    json.writeNumberField("_original_label_cost", cost);
    if (decision.getDeferred()) {
      json.writeBooleanField("DeferredAction", true);
    }
    json.writeArrayFieldStart("o");
    reward(decision.getDecisionId(), "", joined.getReward(), joined.getRewardCount());
    if (decision.getDeferred()) {
      activation(decision.getDecisionId());
    }
    json.writeEndArray();
  }

  private void activation(String eventId) throws IOException {
    json.writeStartObject();
    json.writeStringField("EventId", eventId);
    json.writeBooleanField("ActionTaken", true);
    json.writeBooleanField("DeferredAction", false);
    json.writeEndObject();
  }

  /** The aggregated reward as one observation: of the single ones nothing is known. */
  private void reward(String eventId, String slotId, double reward, int count) throws IOException {
    if (count > 0) {
      json.writeStartObject();
      json.writeNumberField("v", reward);
      json.writeStringField("EventId", eventId);
      if (!slotId.isEmpty()) {
        json.writeStringField("Index", slotId);
      }
      json.writeBooleanField("ActionTaken", false);
      json.writeEndObject();
    }
  }

  private void outcomes(Decision decision, JoinedDecision joined) throws IOException {
    json.writeArrayFieldStart("_outcomes");
    BitSet taken = new BitSet(decision.getActionsCount());
    for (int i = 0; i < decision.getSlotsCount(); i++) {
      SlotDecision slot = decision.getSlots(i);
      SlotReward reward = joined.getSlotRewards(i);
      double cost = 0 - reward.getReward();
      List<Integer> listed = listed(slot, decision.getActionsCount(), taken);
      json.writeStartObject();
      json.writeNumberField("_label_cost", cost);
      json.writeStringField("_id", slot.getSlot().getId());
      json.writeFieldName("_a");
      actions(listed, 0);
      json.writeFieldName("_p");
      probabilities(listed, slot.getProbabilitiesList(), slot.getPropensity());
      json.writeArrayFieldStart("_o");
      reward(
          decision.getDecisionId(),
          slot.getSlot().getId(),
          reward.getReward(),
          reward.getRewardCount());
      json.writeEndArray();
      json.writeNumberField("_original_label_cost", cost);
      json.writeEndObject();
      taken.set(slot.getAction());
    }
    json.writeEndArray();
  }

  /** All actions, the chosen first; the chosen alone where nothing is known of the others. */
  private static List<Integer> listed(Decision decision) {
    Set<Integer> order = new LinkedHashSet<>(decision.getOrderList());
    if (decision.getProbabilitiesCount() == 0) {
      return List.of(decision.getOrder(0));
    }
    for (int i = 0; i < decision.getActionsCount(); i++) {
      order.add(i);
    }
    return List.copyOf(order);
  }

  private static List<Integer> listed(SlotDecision slot, int actions, BitSet taken) {
    List<Integer> listed = new ArrayList<>();
    listed.add(slot.getAction());
    for (int i = 0; i < actions && slot.getProbabilitiesCount() > 0; i++) {
      if (i != slot.getAction() && !taken.get(i)) {
        listed.add(i);
      }
    }
    return listed;
  }

  private void actions(List<Integer> listed, int base) throws IOException {
    json.writeStartArray();
    for (int action : listed) {
      json.writeNumber(action + base);
    }
    json.writeEndArray();
  }

  private void probabilities(List<Integer> listed, List<Double> probabilities, double propensity)
      throws IOException {
    json.writeStartArray();
    for (int action : listed) {
      json.writeNumber(probabilities.isEmpty() ? propensity : probabilities.get(action));
    }
    json.writeEndArray();
  }

  private void context(Decision decision) throws IOException {
    json.writeStartObject();
    List<Namespace> shared = new ArrayList<>(decision.getContextList());
    shared.addAll(decision.getSessionList());
    namespaces(shared);
    json.writeArrayFieldStart("_multi");
    for (Action action : decision.getActionsList()) {
      json.writeStartObject();
      json.writeStringField("_tag", action.getId());
      namespaces(withId(DsjsonContext.ACTION, action.getId(), action.getNamespacesList()));
      json.writeEndObject();
    }
    json.writeEndArray();
    if (decision.getSlotsCount() > 0) {
      json.writeArrayFieldStart("_slots");
      for (SlotDecision slot : decision.getSlotsList()) {
        json.writeStartObject();
        json.writeStringField("_id", slot.getSlot().getId());
        namespaces(
            withId(DsjsonContext.SLOT, slot.getSlot().getId(), slot.getSlot().getFeaturesList()));
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static List<Namespace> withId(String name, String id, List<Namespace> namespaces) {
    List<Namespace> all = new ArrayList<>(namespaces.size() + 1);
    all.add(
        Namespace.newBuilder()
            .setName(name)
            .addFeatures(
                Feature.newBuilder().setName("id").setValue(FeatureValue.newBuilder().setText(id)))
            .build());
    all.addAll(namespaces);
    return all;
  }

  /** Namespaces of one name as one member: JSON allows no two. */
  private void namespaces(List<Namespace> namespaces) throws IOException {
    Map<String, List<Feature>> byName = new LinkedHashMap<>();
    for (Namespace namespace : namespaces) {
      byName
          .computeIfAbsent(namespace.getName(), absent -> new ArrayList<>())
          .addAll(namespace.getFeaturesList());
    }
    for (Map.Entry<String, List<Feature>> one : byName.entrySet()) {
      json.writeFieldName(one.getKey());
      features(one.getValue());
    }
  }

  /** One object; a list of them where a name comes again. */
  private void features(List<Feature> features) throws IOException {
    List<Map.Entry<String, FeatureValue>> single = new ArrayList<>(features.size());
    Set<String> names = new HashSet<>();
    boolean repeats = false;
    for (Feature feature : features) {
      for (FeatureValue value : single(feature.getValue())) {
        single.add(Map.entry(feature.getName(), value));
        repeats |= !names.add(feature.getName());
      }
    }
    if (repeats) {
      json.writeStartArray();
    }
    json.writeStartObject();
    names.clear();
    for (Map.Entry<String, FeatureValue> one : single) {
      if (!names.add(one.getKey())) {
        json.writeEndObject();
        json.writeStartObject();
        names.clear();
        names.add(one.getKey());
      }
      json.writeFieldName(DsjsonKeys.key(one.getKey()));
      value(one.getValue());
    }
    json.writeEndObject();
    if (repeats) {
      json.writeEndArray();
    }
  }

  private static List<FeatureValue> single(FeatureValue value) {
    return value.hasTexts()
        ? value.getTexts().getValuesList().stream()
            .map(text -> FeatureValue.newBuilder().setText(text).build())
            .toList()
        : List.of(value);
  }

  private void value(FeatureValue value) throws IOException {
    if (value.hasNumber()) {
      json.writeNumber(value.getNumber());
    } else {
      json.writeString(value.getText());
    }
  }
}
