package io.waggle.core.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.intType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BOOLEAN;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.DOUBLE;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT32;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;

import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * The columns of the decision log; docs/decision-log.md says what each holds, and a test compares
 * the two. A released column never changes its name, type or meaning; columns may be added.
 */
final class DecisionColumns {
  static final String DECISION_ID = "decision_id";

  /** Not {@code surface}: that is the partition's, and some readers refuse a name twice. */
  static final String SURFACE = "decision_surface";

  static final String EVENT_TIME = "event_time";
  static final String USER_ID = "user_id";
  static final String POLICY = "policy";
  static final String MODEL_VERSION = "model_version";
  static final String SESSION_VERSION = "session_version";
  static final String SEED = "seed";
  static final String DEFERRED = "deferred";
  static final String CHOSEN_ACTION = "chosen_action";
  static final String PROPENSITY = "propensity";
  static final String EXPLORATION_FLOOR = "exploration_floor";
  static final String REWARD = "reward";
  static final String REWARD_COUNT = "reward_count";
  static final String REWARD_TIME = "reward_time";
  static final String KEPT_PROBABILITY = "kept_probability";
  static final String ACTIONS = "actions";
  static final String ACTION_FEATURES = "action_features";
  static final String PROBABILITIES = "probabilities";
  static final String ACTION_ORDER = "action_order";
  static final String FACTORS = "factors";
  static final String CONSTRAINTS = "constraints";
  static final String ITEMS_NAMED = "items_named";
  static final String ITEMS_KNOWN = "items_known";
  static final String ITEM_FILTERS = "item_filters";
  static final String ITEMS_SELECTED = "items_selected";
  static final String ITEMS_KEPT = "items_kept";
  static final String ITEMS_RANDOM = "items_random";
  static final String ITEMS_RANKED = "items_ranked";
  static final String CONTEXT = "context";
  static final String SESSION = "session";
  static final String SLOTS = "slots";
  static final String SOURCE_TOPIC = "source_topic";
  static final String SOURCE_PARTITION = "source_partition";
  static final String SOURCE_OFFSET = "source_offset";

  /** Of an element of {@link #SLOTS}. */
  static final String SLOT_ID = "id";

  static final String SLOT_FEATURES = "features";
  static final String SLOT_ACTION_INDEX = "action_index";
  static final String SLOT_ACTION = "action";

  /** Of an element of {@link #CONSTRAINTS}. */
  static final String CONSTRAINT = "constraint";

  static final String EXCLUDED = "excluded";
  static final String PENALIZED = "penalized";
  static final String PINNED = "pinned";
  static final String PINNED_PLACE = "pinned_place";
  static final String KEPT_BACK = "kept_back";
  static final String UNMET = "unmet";

  /** Without these a file is no decision log. */
  static final List<String> REQUIRED =
      List.of(DECISION_ID, SURFACE, EVENT_TIME, ACTIONS, ACTION_ORDER, PROPENSITY, REWARD);

  static final MessageType SCHEMA =
      Types.buildMessage()
          .addFields(
              text(DECISION_ID, Type.Repetition.REQUIRED),
              text(SURFACE, Type.Repetition.REQUIRED),
              time(EVENT_TIME, Type.Repetition.REQUIRED),
              text(USER_ID, Type.Repetition.OPTIONAL),
              text(POLICY, Type.Repetition.OPTIONAL),
              required(MODEL_VERSION, INT64),
              required(SESSION_VERSION, INT64),
              Types.required(INT64).as(intType(64, false)).named(SEED),
              required(DEFERRED, BOOLEAN),
              text(CHOSEN_ACTION, Type.Repetition.OPTIONAL),
              required(PROPENSITY, DOUBLE),
              Types.optional(DOUBLE).named(EXPLORATION_FLOOR),
              required(REWARD, DOUBLE),
              required(REWARD_COUNT, INT32),
              time(REWARD_TIME, Type.Repetition.OPTIONAL),
              required(KEPT_PROBABILITY, DOUBLE),
              list(ACTIONS, text("element", Type.Repetition.REQUIRED)),
              list(ACTION_FEATURES, text("element", Type.Repetition.REQUIRED)),
              list(PROBABILITIES, required("element", DOUBLE)),
              list(ACTION_ORDER, required("element", INT32)),
              list(FACTORS, required("element", DOUBLE)),
              list(
                  CONSTRAINTS,
                  Types.requiredGroup()
                      .addFields(
                          text(CONSTRAINT, Type.Repetition.REQUIRED),
                          list(EXCLUDED, text("element", Type.Repetition.REQUIRED)),
                          required(PENALIZED, INT32),
                          text(PINNED, Type.Repetition.OPTIONAL),
                          required(PINNED_PLACE, INT32),
                          required(KEPT_BACK, INT32),
                          required(UNMET, INT32))
                      .named("element")),
              Types.optional(INT32).named(ITEMS_NAMED),
              Types.optional(INT32).named(ITEMS_KNOWN),
              Types.optional(INT32).named(ITEM_FILTERS),
              Types.optional(INT32).named(ITEMS_SELECTED),
              Types.optional(INT32).named(ITEMS_KEPT),
              Types.optional(INT32).named(ITEMS_RANDOM),
              Types.optional(INT32).named(ITEMS_RANKED),
              text(CONTEXT, Type.Repetition.REQUIRED),
              text(SESSION, Type.Repetition.REQUIRED),
              list(
                  SLOTS,
                  Types.requiredGroup()
                      .addFields(
                          text(SLOT_ID, Type.Repetition.REQUIRED),
                          text(SLOT_FEATURES, Type.Repetition.REQUIRED),
                          required(SLOT_ACTION_INDEX, INT32),
                          text(SLOT_ACTION, Type.Repetition.OPTIONAL),
                          required(PROPENSITY, DOUBLE),
                          list(PROBABILITIES, required("element", DOUBLE)),
                          list(FACTORS, required("element", DOUBLE)),
                          Types.optional(DOUBLE).named(REWARD),
                          Types.optional(INT32).named(REWARD_COUNT))
                      .named("element")),
              text(SOURCE_TOPIC, Type.Repetition.OPTIONAL),
              Types.optional(INT32).named(SOURCE_PARTITION),
              Types.optional(INT64).named(SOURCE_OFFSET))
          .named("decision");

  private DecisionColumns() {}

  private static Type text(String name, Type.Repetition repetition) {
    return Types.primitive(BINARY, repetition).as(stringType()).named(name);
  }

  private static Type time(String name, Type.Repetition repetition) {
    return Types.primitive(INT64, repetition).as(timestampType(true, TimeUnit.MILLIS)).named(name);
  }

  private static Type required(String name, PrimitiveTypeName type) {
    return Types.required(type).named(name);
  }

  private static Type list(String name, Type element) {
    return Types.requiredList().element(element).named(name);
  }
}
