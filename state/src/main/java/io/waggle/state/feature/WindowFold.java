package io.waggle.state.feature;

import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;
import io.waggle.v1.WindowFeature;
import io.waggle.v1.WindowState;
import io.waggle.v1.WindowTiles;

/**
 * Folds the tiles of each window. A window that is declared anew starts empty, one that is no
 * longer declared goes, and all start anew where sums are declared in place of counts. Immutable;
 * any thread.
 */
final class WindowFold implements KindFold {
  private final Matching of;
  private final String sum;
  private final long[] windowMillis;

  WindowFold(WindowFeature feature) {
    of = new Matching(feature.getOf());
    sum = feature.getSum();
    windowMillis = feature.getWindowsList().stream().mapToLong(FeatureDefaults::millis).toArray();
  }

  @Override
  public FeatureState.KindCase kind() {
    return FeatureState.KindCase.WINDOW;
  }

  @Override
  public boolean fold(
      FeatureState known, Interaction interaction, SessionSpan session, FeatureState.Builder next) {
    double amount = of.counts(interaction) ? Matching.amount(interaction, sum) : Double.NaN;
    WindowState state = known.getWindow();
    if (Double.isNaN(amount) && (!known.hasWindow() || isAsDeclared(state))) {
      return false;
    }
    WindowState.Builder windows = WindowState.newBuilder();
    for (int i = 0; i < windowMillis.length; i++) {
      WindowTiles tiles = tiles(state, i);
      windows.addWindows(
          Double.isNaN(amount) ? tiles : add(tiles, interaction.getEventTimeMillis(), amount));
    }
    next.setWindow(windows);
    return true;
  }

  private WindowTiles add(WindowTiles tiles, long timeMillis, double amount) {
    return sum.isEmpty() ? Tiles.count(tiles, timeMillis) : Tiles.sum(tiles, timeMillis, amount);
  }

  private boolean isAsDeclared(WindowState state) {
    if (state.getWindowsCount() != windowMillis.length) {
      return false;
    }
    for (int i = 0; i < windowMillis.length; i++) {
      if (!isOf(state.getWindows(i), i)) {
        return false;
      }
    }
    return true;
  }

  private WindowTiles tiles(WindowState state, int index) {
    if (index < state.getWindowsCount() && isOf(state.getWindows(index), index)) {
      return state.getWindows(index);
    }
    for (WindowTiles tiles : state.getWindowsList()) {
      if (isOf(tiles, index)) {
        return tiles;
      }
    }
    return Tiles.empty(windowMillis[index]);
  }

  private boolean isOf(WindowTiles tiles, int index) {
    return tiles.getWindowMillis() == windowMillis[index]
        && (tiles.getGapsCount() == 0 || Tiles.hasSums(tiles) != sum.isEmpty());
  }
}
