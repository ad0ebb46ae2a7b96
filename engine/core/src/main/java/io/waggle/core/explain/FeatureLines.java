package io.waggle.core.explain;

import io.waggle.core.feature.Example;
import io.waggle.core.score.FeatureHash;
import io.waggle.core.score.LearnerOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An example's features as VW groups them: one map from letter to features for each action, read
 * from the learner's own text so that nothing is said here that VW does not see. The shared line's
 * groups come after an action's own and its constant. Pure.
 */
final class FeatureLines {
  private static final String SHARED = "shared";

  private final FeatureHash hash;
  private final String ignored;
  private final String kept;
  private final boolean constant;

  FeatureLines(LearnerOptions options) {
    this.hash = FeatureHash.of(options);
    this.ignored = options.letters("--ignore");
    this.kept = options.letters("--keep");
    this.constant = !options.has("--noconstant");
  }

  /** One map per action line. */
  List<Map<Character, List<NamedFeature>>> of(Example example) {
    Map<Character, List<NamedFeature>> shared = Map.of();
    List<Map<Character, List<NamedFeature>>> lines = new ArrayList<>();
    for (String line : example.text().split("\n", -1)) {
      if (line.startsWith(SHARED)) {
        shared = groups(line);
      } else if (!line.isEmpty()) {
        Map<Character, List<NamedFeature>> groups = groups(line);
        if (constant) {
          groups.put(NamedFeature.CONSTANT_LETTER, List.of(NamedFeature.CONSTANT));
        }
        shared.forEach(
            (letter, features) ->
                groups.computeIfAbsent(letter, key -> new ArrayList<>()).addAll(features));
        lines.add(groups);
      }
    }
    return lines;
  }

  /** Letters of all lines, the constant's not among them. */
  static Set<Character> letters(List<Map<Character, List<NamedFeature>>> lines) {
    Set<Character> letters = new HashSet<>();
    lines.forEach(line -> letters.addAll(line.keySet()));
    letters.remove(NamedFeature.CONSTANT_LETTER);
    return letters;
  }

  private Map<Character, List<NamedFeature>> groups(String line) {
    Map<Character, List<NamedFeature>> groups = new TreeMap<>();
    String[] namespaces = line.split("\\|", -1);
    for (int i = 1; i < namespaces.length; i++) {
      String[] tokens = namespaces[i].strip().split(" ", -1);
      char letter = tokens[0].charAt(0);
      if (ignored.indexOf(letter) < 0 && (kept.isEmpty() || kept.indexOf(letter) >= 0)) {
        int namespace = hash.namespace(tokens[0]);
        List<NamedFeature> features = groups.computeIfAbsent(letter, key -> new ArrayList<>());
        for (int j = 1; j < tokens.length; j++) {
          features.add(feature(tokens[0], namespace, tokens[j]));
        }
      }
    }
    return groups;
  }

  private NamedFeature feature(String namespaceName, int namespace, String token) {
    int colon = token.indexOf(':');
    String name = colon < 0 ? token : token.substring(0, colon);
    return new NamedFeature(
        namespaceName + "." + NamedFeature.unescaped(name), hash.feature(name, namespace));
  }
}
