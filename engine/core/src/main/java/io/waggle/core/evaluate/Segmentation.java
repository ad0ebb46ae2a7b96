package io.waggle.core.evaluate;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.PlainValue;
import io.waggle.v1.EvaluationConfig;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.SegmentConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which segments a decision belongs to: for each feature of the context or session that is
 * declared, {@code namespace.feature=value}. A decision without the feature belongs to {@code
 * namespace.feature=(none)}; one with a value beyond the number that is told apart, one longer than
 * {@value #LONGEST_VALUE} characters, or one of a list, to {@code namespace.feature=(other)}. One
 * thread.
 */
public final class Segmentation {
  /** Values told apart where none is said. */
  public static final int DEFAULT_VALUES = 20;

  /** Longest value told apart, in characters. */
  public static final int LONGEST_VALUE = 100;

  private static final String NONE = "=(none)";
  private static final String OTHER = "=(other)";

  private final List<SegmentConfig> declared;
  private final Map<String, Set<String>> valuesByFeature = new HashMap<>();

  /**
   * Goes on with the values told apart so far; those of features no longer declared are left out.
   *
   * @param known as {@link #known} gave them
   */
  public Segmentation(EvaluationConfig config, List<String> known) {
    this.declared = config.getSegmentsList();
    for (String segment : known) {
      for (SegmentConfig feature : declared) {
        if (segment.startsWith(feature.getFeature() + "=")) {
          values(feature).add(segment);
        }
      }
    }
  }

  /** The segments, one for each declared feature. */
  public List<String> of(Example example) {
    List<String> segments = new ArrayList<>(declared.size());
    for (SegmentConfig feature : declared) {
      segments.add(segment(feature, example));
    }
    return segments;
  }

  /** True: a segment's name is of a feature that is declared. */
  public boolean declares(String segment) {
    return declared.stream().anyMatch(each -> segment.startsWith(each.getFeature() + "="));
  }

  /** Every segment told apart so far, to be saved. */
  public List<String> known() {
    return valuesByFeature.values().stream().flatMap(Set::stream).toList();
  }

  private String segment(SegmentConfig feature, Example example) {
    FeatureValue value = find(example.context(), feature.getFeature());
    if (value == null) {
      value = find(example.session(), feature.getFeature());
    }
    if (value == null) {
      return feature.getFeature() + NONE;
    }
    String text = PlainValue.of(value);
    Set<String> known = values(feature);
    String segment = feature.getFeature() + "=" + text;
    int most = feature.hasValues() ? feature.getValues() : DEFAULT_VALUES;
    boolean told =
        value.getKindCase() != FeatureValue.KindCase.TEXTS
            && text.length() <= LONGEST_VALUE
            && (known.contains(segment) || (known.size() < most && known.add(segment)));
    return told ? segment : feature.getFeature() + OTHER;
  }

  private Set<String> values(SegmentConfig feature) {
    return valuesByFeature.computeIfAbsent(feature.getFeature(), name -> new LinkedHashSet<>());
  }

  private static @Nullable FeatureValue find(List<Namespace> namespaces, String path) {
    for (Namespace namespace : namespaces) {
      int length = namespace.getName().length();
      if (path.length() > length + 1
          && path.charAt(length) == '.'
          && path.startsWith(namespace.getName())) {
        for (Feature feature : namespace.getFeaturesList()) {
          if (path.endsWith(feature.getName())
              && path.length() == length + 1 + feature.getName().length()) {
            return feature.getValue();
          }
        }
      }
    }
    return null;
  }
}
