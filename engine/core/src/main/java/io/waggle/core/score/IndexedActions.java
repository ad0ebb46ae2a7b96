package io.waggle.core.score;

import io.waggle.v1.Action;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The features of many actions that are scored again and again, hashed once, and each feature that
 * several have told once: what a context makes of it need be added up once for all of them.
 * Immutable; any thread. About 8 bytes a feature of an action, and 5 for each different one.
 */
final class IndexedActions {
  private final int[] starts;
  private final float[] values;
  private final int[] features;
  private final int[] hashes;
  private final char[] letters;

  private IndexedActions(
      int[] starts, int[] features, float[] values, int[] hashes, char[] letters) {
    this.starts = starts;
    this.features = features;
    this.values = values;
    this.hashes = hashes;
    this.letters = letters;
  }

  /** A feature as a model takes it in. */
  private record Distinct(char letter, int hash) {}

  /** Takes the features of sound actions as a model with these rules does, without the constant. */
  static IndexedActions of(FeatureRules rules, List<Action> actions) {
    FeatureGroups groups = new FeatureGroups();
    groups.startExample(rules, List.of(), List.of());
    groups.endShared();
    Map<Distinct, Integer> known = new HashMap<>();
    int[] starts = new int[actions.size() + 1];
    int[] features = new int[16 * actions.size() + 16];
    float[] values = new float[features.length];
    int size = 0;
    for (int action = 0; action < actions.size(); action++) {
      groups.setAction(actions.get(action));
      for (int group = 0; group < groups.groups(); group++) {
        boolean own = !groups.isShared(groups.start(group));
        for (int i = groups.start(group); own && i < groups.end(group); i++) {
          if (size == features.length) {
            features = Arrays.copyOf(features, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
          }
          Distinct feature = new Distinct(groups.letter(group), groups.indices()[i]);
          Integer place = known.putIfAbsent(feature, known.size());
          features[size] = place == null ? known.size() - 1 : place;
          values[size++] = groups.values()[i];
        }
      }
      starts[action + 1] = size;
    }
    int[] hashes = new int[known.size()];
    char[] letters = new char[hashes.length];
    known.forEach(
        (feature, place) -> {
          hashes[place] = feature.hash();
          letters[place] = feature.letter();
        });
    return new IndexedActions(
        starts, Arrays.copyOf(features, size), Arrays.copyOf(values, size), hashes, letters);
  }

  int actions() {
    return starts.length - 1;
  }

  /** Where an action's features begin in {@link #features} and {@link #values}. */
  int start(int action) {
    return starts[action];
  }

  /** Where they end. */
  int end(int action) {
    return starts[action + 1];
  }

  /** The features of the actions, one after the other: indices of different features. */
  int[] features() {
    return features;
  }

  float[] values() {
    return values;
  }

  /** Hashes of the different features, scaled but not masked. */
  int[] hashes() {
    return hashes;
  }

  /** First letters of the namespaces of the different features. */
  char[] letters() {
    return letters;
  }
}
