package io.waggle.core.suggest;

import com.google.protobuf.Duration;
import io.waggle.core.declared.FeatureKinds;
import io.waggle.v1.AffinityFeature;
import io.waggle.v1.BucketForm;
import io.waggle.v1.DecayedFeature;
import io.waggle.v1.DistinctFeature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.InteractionFilter;
import io.waggle.v1.ItemStatisticFeature;
import io.waggle.v1.LastFeature;
import io.waggle.v1.LocalTimeFeature;
import io.waggle.v1.NumberForm;
import io.waggle.v1.QuantileFeature;
import io.waggle.v1.RateFeature;
import io.waggle.v1.ScaledForm;
import io.waggle.v1.SeenFeature;
import io.waggle.v1.SeenForm;
import io.waggle.v1.SessionAspect;
import io.waggle.v1.SessionFeature;
import io.waggle.v1.TimePart;
import io.waggle.v1.TimeSinceFeature;
import io.waggle.v1.WindowFeature;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Features that a log of interactions has the data for. Each says in its description what in the
 * log speaks for it. A person reads them, takes out what makes no sense, and names the owners. The
 * same log gives the same features. One that would keep more of a user than a surface may is left
 * out. One use each; one thread.
 */
public final class FeatureSuggestions {
  /** Rarer types, categories and properties suggest nothing. */
  private static final double RARE = 0.001;

  /** Most types that get features of their own; and properties likewise. */
  private static final int MOST = 6;

  private static final double PRIOR_WEIGHT = 10;

  private static final long[] WINDOW_SECONDS = {3_600, 86_400, 7 * 86_400};

  private final InteractionProfile profile;
  private final String owner;
  private final List<FeatureConfig> features = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private int stateBytes;

  /**
   * What a log speaks for.
   *
   * @param features at most 64, names unique, within the state that a surface may keep of a user
   * @param leftOut names of those that had no room in that state
   */
  public record Suggested(List<FeatureConfig> features, List<String> leftOut) {
    public Suggested {
      features = List.copyOf(features);
      leftOut = List.copyOf(leftOut);
    }
  }

  private FeatureSuggestions(InteractionProfile profile, String owner) {
    this.profile = profile;
    this.owner = owner;
  }

  /**
   * Suggests; nothing for an empty profile.
   *
   * @param owner who answers for the features
   */
  public static Suggested of(InteractionProfile profile, String owner) {
    FeatureSuggestions suggestions = new FeatureSuggestions(profile, owner);
    if (profile.count() > 0) {
      suggestions.ofTheSession();
      suggestions.ofTypes();
      suggestions.ofItems();
      suggestions.ofCategories();
      suggestions.ofProperties();
      suggestions.ofTime();
    }
    return new Suggested(suggestions.features, suggestions.leftOut);
  }

  private void ofTheSession() {
    session("session_length", SessionAspect.SESSION_ASPECT_LENGTH, "Interactions in the session.");
    session("session_entry", SessionAspect.SESSION_ASPECT_ENTRY, "How the session began.");
    session("sessions", SessionAspect.SESSION_ASPECT_COUNT, "Which of the user's sessions it is.");
    if (profile.decisionShare() >= RARE) {
      session(
          "session_rankings",
          SessionAspect.SESSION_ASPECT_POSITION,
          "Rankings met in the session.");
    }
  }

  private void session(String name, SessionAspect aspect, String description) {
    add(
        feature(name, description, "bucket")
            .setSession(SessionFeature.newBuilder().setAspect(aspect)));
  }

  private void ofTypes() {
    List<String> types = frequentTypes();
    for (String type : types) {
      String found = percent(profile.share(profile.count(type))) + " of the interactions";
      WindowFeature.Builder window = WindowFeature.newBuilder().setOf(of(type));
      for (long seconds : WINDOW_SECONDS) {
        // A window longer than the log would say the same as the log's whole length.
        if (window.getWindowsCount() == 0 || seconds <= profile.span().toSeconds()) {
          window.addWindows(seconds(seconds));
        }
      }
      add(
          feature("recent_" + word(type), type + " by the user; " + found + ".", "interactions")
              .setWindow(window));
      add(
          feature("since_" + word(type), "Time since the user's newest " + type + ".", "bucket")
              .setTimeSince(TimeSinceFeature.newBuilder().setOf(of(type))));
    }
    // A rate has the rarer type above the line: what the commoner one leads to.
    for (int i = 1; i < types.size(); i++) {
      rates(types.get(i), types.get(i - 1));
    }
  }

  private void rates(String above, String below) {
    double rate = (double) profile.count(above) / profile.count(below);
    String found = "; " + plain(rate) + " in the log.";
    String name = "rate_" + word(above) + "_per_" + word(below);
    add(
        feature(name, "%s per %s of the user%s".formatted(above, below, found), "ratio")
            .setRate(
                RateFeature.newBuilder()
                    .setOf(of(above))
                    .setPer(of(below))
                    .setPrior(rounded(rate))
                    .setWeight(PRIOR_WEIGHT)));
    if (profile.itemShare() >= RARE) {
      add(
          feature(
                  "item_" + name,
                  "%s per %s of the item, all users%s".formatted(above, below, found),
                  "ratio")
              .setItemStatistic(
                  ItemStatisticFeature.newBuilder()
                      .setOf(of(above))
                      .setPer(of(below))
                      .setPrior(rounded(rate))
                      .setWeight(PRIOR_WEIGHT)));
    }
  }

  private List<String> frequentTypes() {
    return profile.types().stream()
        .filter(type -> profile.share(profile.count(type)) >= RARE)
        .limit(MOST)
        .toList();
  }

  private void ofItems() {
    if (profile.itemShare() < RARE) {
      return;
    }
    String found = percent(profile.itemShare()) + " of the interactions name one";
    add(
        feature("last_items", "The newest items the user touched; " + found + ".", "item")
            .setLast(LastFeature.newBuilder().setField("item_id")));
    add(
        feature("items", "Different items the user touched.", "items")
            .setDistinct(DistinctFeature.newBuilder().setField("item_id")));
    add(
        feature("seen", "How often the user met the action in this session.", "interactions")
            .setSeen(SeenFeature.newBuilder().setForm(SeenForm.SEEN_FORM_COUNT)));
  }

  private void ofCategories() {
    TextProfile categories = profile.categories();
    if (profile.share(categories.count()) < RARE || !categories.isCategory()) {
      return;
    }
    String found =
        "%s of the interactions have one of %d"
            .formatted(percent(profile.share(categories.count())), categories.distinct());
    add(
        feature("taste", "The user's decayed taste for categories; " + found + ".", "share")
            .setAffinity(AffinityFeature.newBuilder().setField("category")));
    add(
        feature("session_categories", "The newest categories of this session.", "category")
            .setLast(LastFeature.newBuilder().setField("category").setMost(3).setInSession(true)));
  }

  /** In turns, so that where there is no room for all, some of both are left. */
  private void ofProperties() {
    List<Map.Entry<String, NumberProfile>> numbers =
        profile.numbers().entrySet().stream()
            .filter(each -> profile.share(each.getValue().count()) >= RARE)
            .filter(each -> each.getValue().deviation() > 0)
            .limit(MOST)
            .toList();
    List<Map.Entry<String, TextProfile>> texts =
        profile.texts().entrySet().stream()
            .filter(each -> profile.share(each.getValue().count()) >= RARE)
            .filter(each -> each.getValue().isCategory())
            .limit(MOST)
            .toList();
    for (int i = 0; i < MOST; i++) {
      if (i < numbers.size()) {
        number(numbers.get(i).getKey(), numbers.get(i).getValue());
      }
      if (i < texts.size()) {
        text(texts.get(i).getKey(), texts.get(i).getValue());
      }
    }
  }

  private void number(String property, NumberProfile number) {
    String found =
        "%s of the interactions, %s to %s, mean %s"
            .formatted(
                percent(profile.share(number.count())),
                plain(number.min()),
                plain(number.max()),
                plain(number.mean()));
    boolean personal = PersonalNames.isPersonal(property);
    add(
        feature("typical_" + word(property), "The user's median " + property + "; " + found, "")
            .setUnit("deviations")
            .setSensitive(personal)
            .setQuantile(
                QuantileFeature.newBuilder()
                    .setProperty(property)
                    .addQuantiles(0.5)
                    .setForm(
                        NumberForm.newBuilder()
                            .setScaled(
                                ScaledForm.newBuilder()
                                    .setMean(rounded(number.mean()))
                                    .setDeviation(rounded(number.deviation()))))));
    if (number.min() >= 0) {
      add(
          feature("sum_" + word(property), "Decayed sum of " + property + "; " + found, "bucket")
              .setSensitive(personal)
              .setDecayed(
                  DecayedFeature.newBuilder()
                      .setSum(property)
                      .setHalfLife(seconds(7 * 86_400))
                      .setForm(NumberForm.newBuilder().setBuckets(buckets(number.mean())))));
    }
  }

  /** Powers of four around what a few interactions sum to. */
  private static BucketForm buckets(double mean) {
    BucketForm.Builder buckets = BucketForm.newBuilder();
    for (int power = -1; power <= 3; power++) {
      buckets.addBounds(rounded(mean * StrictMath.pow(4, power)));
    }
    return buckets.build();
  }

  private void text(String property, TextProfile text) {
    add(
        feature(
                "taste_" + word(property),
                "The user's decayed taste for %s; %s of the interactions have one of %d."
                    .formatted(property, percent(profile.share(text.count())), text.distinct()),
                "share")
            .setSensitive(PersonalNames.isPersonal(property))
            .setAffinity(AffinityFeature.newBuilder().setField("properties." + property)));
  }

  private void ofTime() {
    add(
        feature("local", "The request's local time.", "")
            .setUnit("part of the day or week")
            .setLocalTime(
                LocalTimeFeature.newBuilder()
                    .addParts(TimePart.TIME_PART_DAYPART)
                    .addParts(TimePart.TIME_PART_WEEKDAY)));
  }

  private FeatureConfig.Builder feature(String name, String description, String unit) {
    return FeatureConfig.newBuilder()
        .setName(name)
        .setOwner(owner)
        .setDescription(description)
        .setUnit(unit)
        .setVersion(1);
  }

  /** Two types may be one word; the first keeps the name. */
  private void add(FeatureConfig.Builder feature) {
    String name = feature.getName();
    for (int number = 2; !names.add(feature.getName()); number++) {
      feature.setName(name + "_" + number);
    }
    FeatureConfig built = feature.build();
    int bytes = FeatureKinds.stateBytes(built);
    if (stateBytes + bytes > FeatureKinds.MAX_STATE_BYTES) {
      leftOut.add(built.getName());
      return;
    }
    stateBytes += bytes;
    features.add(built);
  }

  /** A name's letters and digits, the rest as underscores, within a feature's name. */
  private static String word(String name) {
    String word = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    return word.length() > 20 ? word.substring(0, 20) : word;
  }

  private static InteractionFilter of(String type) {
    return InteractionFilter.newBuilder().addTypes(type).build();
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String plain(double number) {
    return String.format(Locale.ROOT, "%.4g", number);
  }

  /** Four digits: more would claim what the log cannot say. */
  private static double rounded(double number) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.3e", number));
  }
}
