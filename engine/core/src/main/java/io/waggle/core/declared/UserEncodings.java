package io.waggle.core.declared;

import io.waggle.state.feature.Decays;
import io.waggle.state.feature.DistinctSketch;
import io.waggle.state.feature.FeatureDefaults;
import io.waggle.state.feature.QuantileSketch;
import io.waggle.state.feature.Tiles;
import io.waggle.v1.AffinityState;
import io.waggle.v1.DecayedFeature;
import io.waggle.v1.DistinctFeature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.LastFeature;
import io.waggle.v1.QuantileFeature;
import io.waggle.v1.RateFeature;
import io.waggle.v1.TimedText;
import io.waggle.v1.ValueCount;
import io.waggle.v1.WindowFeature;
import io.waggle.v1.WindowState;
import io.waggle.v1.WindowTiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How what is kept of the user is encoded, a kind each. */
final class UserEncodings {
  private UserEncodings() {}

  static SharedEncoding window(FeatureConfig feature) {
    WindowFeature window = feature.getWindow();
    List<String> names = FeatureKinds.names(feature);
    List<NumberShape> shapes =
        names.stream().map(name -> NumberShape.of(window.getForm(), NumberShape.LOG)).toList();
    long[] lengths = window.getWindowsList().stream().mapToLong(FeatureDefaults::millis).toArray();
    return (out, state, at) -> {
      for (int i = 0; i < lengths.length; i++) {
        double sum = windowSum(state.getWindow(), i, lengths[i], at.timeMillis());
        shapes.get(i).append(out, names.get(i), sum);
      }
    };
  }

  private static double windowSum(WindowState state, int index, long length, long timeMillis) {
    if (index < state.getWindowsCount() && state.getWindows(index).getWindowMillis() == length) {
      return Tiles.sum(state.getWindows(index), timeMillis);
    }
    for (WindowTiles tiles : state.getWindowsList()) {
      if (tiles.getWindowMillis() == length) {
        return Tiles.sum(tiles, timeMillis);
      }
    }
    return 0;
  }

  static SharedEncoding decayed(FeatureConfig feature) {
    DecayedFeature decayed = feature.getDecayed();
    NumberShape shape = NumberShape.of(decayed.getForm(), NumberShape.LOG);
    long halfLife = FeatureDefaults.millis(decayed.getHalfLife());
    return (out, state, at) ->
        shape.append(
            out, feature.getName(), Decays.valueAt(state.getDecayed(), at.timeMillis(), halfLife));
  }

  static SharedEncoding rate(FeatureConfig feature) {
    RateFeature rate = feature.getRate();
    long halfLife = FeatureDefaults.halfLifeMillis(rate);
    double weight = FeatureDefaults.weight(rate);
    return (out, state, at) -> {
      double above = Decays.valueAt(state.getRate().getAbove(), at.timeMillis(), halfLife);
      double below = Decays.valueAt(state.getRate().getBelow(), at.timeMillis(), halfLife);
      out.number(feature.getName(), (above + weight * rate.getPrior()) / (below + weight));
    };
  }

  static SharedEncoding last(FeatureConfig feature) {
    LastFeature last = feature.getLast();
    int most = FeatureDefaults.most(last);
    return (out, state, at) -> {
      if (last.getInSession() && !at.lasts()) {
        return;
      }
      long since = last.getInSession() ? at.session().getStartedMillis() : 0;
      List<String> texts = new ArrayList<>();
      for (TimedText value : state.getLast().getValuesList()) {
        if (value.getTimeMillis() >= since && texts.size() < most) {
          texts.add(value.getText());
        }
      }
      out.texts(feature.getName(), texts);
    };
  }

  static SharedEncoding timeSince(FeatureConfig feature) {
    return (out, state, at) ->
        out.text(
            feature.getName(),
            state.hasTimeSince()
                ? Buckets.time(at.timeMillis() - state.getTimeSince().getNewestMillis())
                : "never");
  }

  static SharedEncoding distinct(FeatureConfig feature) {
    DistinctFeature distinct = feature.getDistinct();
    NumberShape shape = NumberShape.of(distinct.getForm(), NumberShape.LOG);
    return (out, state, at) ->
        shape.append(out, feature.getName(), DistinctSketch.estimate(state.getDistinct()));
  }

  static SharedEncoding quantile(FeatureConfig feature) {
    QuantileFeature quantile = feature.getQuantile();
    List<String> names = FeatureKinds.names(feature);
    List<NumberShape> shapes =
        names.stream().map(name -> NumberShape.of(quantile.getForm(), NumberShape.PLAIN)).toList();
    return (out, state, at) -> {
      for (int i = 0; state.hasQuantile() && i < names.size(); i++) {
        double number = QuantileSketch.quantile(state.getQuantile(), quantile.getQuantiles(i));
        shapes.get(i).append(out, names.get(i), number);
      }
    };
  }

  /** The strongest values, strongest first, equal ones by name. */
  static SharedEncoding affinity(FeatureConfig feature) {
    long halfLife = FeatureDefaults.halfLifeMillis(feature.getAffinity());
    int most = FeatureDefaults.most(feature.getAffinity());
    return (out, state, at) ->
        shares(state.getAffinity(), halfLife).entrySet().stream()
            .sorted(
                Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(most)
            .forEach(
                entry -> out.number(feature.getName() + "=" + entry.getKey(), entry.getValue()));
  }

  /**
   * The share of each value in all decayed counts, in the order of the values. Shares are the same
   * at any time, so they are taken at the newest count's, where that has not decayed to zero.
   */
  static Map<String, Double> shares(AffinityState state, long halfLifeMillis) {
    long newestMillis = 0;
    for (ValueCount value : state.getValuesList()) {
      newestMillis = Math.max(newestMillis, value.getCount().getUpdatedMillis());
    }
    Map<String, Double> shares = new LinkedHashMap<>();
    double sum = 0;
    for (ValueCount value : state.getValuesList()) {
      double count = Decays.valueAt(value.getCount(), newestMillis, halfLifeMillis);
      shares.put(value.getValue(), count);
      sum += count;
    }
    double total = sum;
    shares.replaceAll((value, count) -> count / total);
    return shares;
  }
}
