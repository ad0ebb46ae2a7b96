package io.waggle.core.declared;

import io.waggle.state.feature.FeatureDefaults;
import io.waggle.state.feature.StateBounds;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureScope;
import io.waggle.v1.NumberForm;
import io.waggle.v1.SessionAspect;
import io.waggle.v1.TimePart;
import io.waggle.v1.WindowFeature;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What is known of a declared feature without any data. Pure; any thread. */
public final class FeatureKinds {
  /** What a feature is computed from. */
  public enum Source {
    /** What the user did. */
    USER,
    /** What is said or known of an item. */
    ITEM,
    /** What the request has. */
    REQUEST
  }

  /** Most bytes that a surface's features may keep of one user: a session is one Kafka record. */
  public static final int MAX_STATE_BYTES = 64 * 1024;

  private FeatureKinds() {}

  /** Name of the kind as in the declaration, for example {@code time_since}. */
  public static String kind(FeatureConfig feature) {
    return feature.getKindCase().name().toLowerCase(Locale.ROOT);
  }

  /** What the feature is computed from. */
  public static Source source(FeatureConfig feature) {
    return switch (feature.getKindCase()) {
      case WINDOW, DECAYED, RATE, LAST, TIME_SINCE, DISTINCT, QUANTILE, AFFINITY, SEEN, SESSION ->
          Source.USER;
      case ITEM_ATTRIBUTE, ITEM_STATISTIC -> Source.ITEM;
      case LOCAL_TIME, TOKENS, NUMBER, KIND_NOT_SET -> Source.REQUEST;
    };
  }

  /** True: each action has its own value; false: all actions of a request share it. */
  public static boolean isOfAction(FeatureConfig feature) {
    return switch (feature.getKindCase()) {
      case SEEN, ITEM_ATTRIBUTE, ITEM_STATISTIC -> true;
      case AFFINITY -> !feature.getAffinity().getActionFeature().isEmpty();
      case TOKENS -> feature.getTokens().getScope() == FeatureScope.FEATURE_SCOPE_ACTION;
      case NUMBER -> feature.getNumber().getScope() == FeatureScope.FEATURE_SCOPE_ACTION;
      default -> false;
    };
  }

  /**
   * True: an item's action has the same in each request, as long as neither the item nor the
   * declaration changes.
   */
  static boolean isOfItemAlone(FeatureConfig feature) {
    return isOfAction(feature)
        && switch (feature.getKindCase()) {
          case ITEM_ATTRIBUTE -> !feature.getItemAttribute().getForm().hasOnline();
          case NUMBER -> !feature.getNumber().getForm().hasOnline();
          case TOKENS -> true;
          default -> false;
        };
  }

  /** Namespace in which the learner sees it. */
  public static String namespace(FeatureConfig feature) {
    if (!feature.getNamespace().isEmpty()) {
      return feature.getNamespace();
    }
    if (isOfAction(feature)) {
      return "item";
    }
    return source(feature) == Source.USER ? "history" : "request";
  }

  /**
   * What the learner gets of it: {@code number}, {@code text}, {@code texts} (any number of them)
   * or, of an item's attribute, {@code as the attribute}.
   */
  public static String type(FeatureConfig feature) {
    return switch (feature.getKindCase()) {
      case WINDOW -> type(feature.getWindow().getForm());
      case DECAYED -> type(feature.getDecayed().getForm());
      case DISTINCT -> type(feature.getDistinct().getForm());
      case QUANTILE -> type(feature.getQuantile().getForm());
      case NUMBER -> type(feature.getNumber().getForm());
      case RATE, AFFINITY, SEEN, ITEM_STATISTIC -> "number";
      case TIME_SINCE, SESSION, LOCAL_TIME -> "text";
      case LAST, TOKENS -> "texts";
      case ITEM_ATTRIBUTE -> "as the attribute";
      case KIND_NOT_SET -> "none";
    };
  }

  /** A bucket's name is a text. */
  private static String type(NumberForm form) {
    return form.hasBuckets() ? "text" : "number";
  }

  /** Most bytes that it keeps of one user; 0: it keeps nothing of a user. */
  public static int stateBytes(FeatureConfig feature) {
    return StateBounds.bytes(feature);
  }

  /** Names that the learner sees in the namespace; of a feature with several texts the one name. */
  public static List<String> names(FeatureConfig feature) {
    String name = feature.getName();
    return switch (feature.getKindCase()) {
      case WINDOW -> windowNames(name, feature.getWindow());
      case QUANTILE ->
          feature.getQuantile().getQuantilesList().stream()
              .map(quantile -> name + "_p" + percent(quantile))
              .toList();
      case LOCAL_TIME ->
          feature.getLocalTime().getPartsList().stream().map(part -> partName(name, part)).toList();
      case SESSION ->
          feature.getSession().getAspect() == SessionAspect.SESSION_ASPECT_ENTRY
              ? List.of(name + "_type", name + "_category")
              : List.of(name);
      default -> List.of(name);
    };
  }

  /** True: the learner sees {@code NAME=VALUE} for one or more values. */
  public static boolean hasValuesInNames(FeatureConfig feature) {
    return switch (feature.getKindCase()) {
      case LAST, TOKENS -> true;
      case AFFINITY -> !isOfAction(feature);
      default -> false;
    };
  }

  /** Most features that it adds to its namespace. */
  public static int most(FeatureConfig feature) {
    return feature.hasAffinity() && !isOfAction(feature)
        ? FeatureDefaults.most(feature.getAffinity())
        : names(feature).size();
  }

  private static List<String> windowNames(String name, WindowFeature window) {
    return window.getWindowsList().stream()
        .map(length -> name + "_" + length(Duration.ofMillis(FeatureDefaults.millis(length))))
        .toList();
  }

  static String partName(String name, TimePart part) {
    return switch (part) {
      case TIME_PART_HOUR -> name + "_hour";
      case TIME_PART_DAYPART -> name + "_daypart";
      case TIME_PART_WEEKDAY -> name + "_weekday";
      case TIME_PART_WEEKEND -> name + "_weekend";
      case TIME_PART_UNSPECIFIED, UNRECOGNIZED -> name;
    };
  }

  /** In the largest unit that it is a whole number of: {@code 90m}, {@code 1h}, {@code 7d}. */
  private static String length(Duration window) {
    if (window.toMinutes() % (24 * 60) == 0) {
      return window.toDays() + "d";
    }
    return window.toMinutes() % 60 == 0 ? window.toHours() + "h" : window.toMinutes() + "m";
  }

  /** {@code 50}, {@code 05}, {@code 99_9}. */
  private static String percent(double quantile) {
    String percent =
        BigDecimal.valueOf(quantile).movePointRight(2).stripTrailingZeros().toPlainString();
    String whole = percent.contains(".") ? percent.replace('.', '_') : percent;
    return percent.indexOf('.') == 1 || percent.length() == 1 ? "0" + whole : whole;
  }
}
