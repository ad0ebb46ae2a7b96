package io.waggle.state.feature;

import io.waggle.v1.WindowTiles;
import java.util.Arrays;

/**
 * A sliding window in tiles: time is cut into tiles of a sixtieth of the window, counted from 1970,
 * and the newest 60 are kept. As of a time the window is the tile of that time and the 59 before
 * it, so whatever is at most 59 sixtieths of the window old is in it and nothing older than the
 * window is. Counts do not depend on the order of arrival; sums do not but for rounding. Pure; any
 * thread.
 *
 * <p>INVARIANT: tiles rise, the newest less the oldest is below 60, and either counts or sums hold
 * one number a tile.
 */
public final class Tiles {
  /** Most tiles of a window. */
  public static final int MAX_TILES = 60;

  private Tiles() {}

  /** The count or sum of the window that ends at a time. */
  public static double sum(WindowTiles tiles, long timeMillis) {
    long[] numbers = Gaps.numbers(tiles.getFirstTile(), tiles.getGapsList());
    long oldest = tile(tiles.getWindowMillis(), timeMillis) - MAX_TILES + 1;
    double sum = 0;
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] >= oldest) {
        sum += tiles.getCountsCount() > 0 ? tiles.getCounts(i) : tiles.getSums(i);
      }
    }
    return sum;
  }

  /** True: the tiles hold sums and not counts. */
  static boolean hasSums(WindowTiles tiles) {
    return tiles.getSumsCount() > 0;
  }

  /** No tiles of a window. */
  static WindowTiles empty(long windowMillis) {
    return WindowTiles.newBuilder().setWindowMillis(windowMillis).build();
  }

  /** One more interaction; the same tiles where it is older than they go back. */
  static WindowTiles count(WindowTiles tiles, long timeMillis) {
    return add(tiles, timeMillis, 1, false);
  }

  /** One more part of the sum; the same tiles where it is older than they go back. */
  static WindowTiles sum(WindowTiles tiles, long timeMillis, double amount) {
    return add(tiles, timeMillis, amount, true);
  }

  private static WindowTiles add(WindowTiles tiles, long timeMillis, double amount, boolean isSum) {
    long tile = tile(tiles.getWindowMillis(), timeMillis);
    long[] numbers = Gaps.numbers(tiles.getFirstTile(), tiles.getGapsList());
    long newest = numbers.length == 0 ? tile : Math.max(tile, numbers[numbers.length - 1]);
    if (tile <= newest - MAX_TILES) {
      return tiles;
    }
    int found = Arrays.binarySearch(numbers, tile);
    if (found >= 0 && tile == newest) {
      return increase(tiles, found, amount, isSum);
    }
    return rebuilt(tiles, numbers, tile, amount, isSum, newest - MAX_TILES);
  }

  private static WindowTiles increase(WindowTiles tiles, int index, double amount, boolean isSum) {
    WindowTiles.Builder next = tiles.toBuilder();
    return isSum
        ? next.setSums(index, tiles.getSums(index) + amount).build()
        : next.setCounts(index, tiles.getCounts(index) + 1).build();
  }

  /** The tiles after {@code left}, with the amount in its own. */
  private static WindowTiles rebuilt(
      WindowTiles tiles, long[] numbers, long tile, double amount, boolean isSum, long left) {
    WindowTiles.Builder next = WindowTiles.newBuilder().setWindowMillis(tiles.getWindowMillis());
    long before = Long.MIN_VALUE;
    boolean added = false;
    for (int i = 0; i <= numbers.length; i++) {
      boolean isHere = i < numbers.length && numbers[i] == tile;
      if (!added && (i == numbers.length || numbers[i] >= tile)) {
        double known = !isHere ? 0 : isSum ? tiles.getSums(i) : tiles.getCounts(i);
        before = append(next, before, tile, known + amount, isSum);
        added = true;
      }
      if (i < numbers.length && !isHere && numbers[i] > left) {
        double known = isSum ? tiles.getSums(i) : tiles.getCounts(i);
        before = append(next, before, numbers[i], known, isSum);
      }
    }
    return next.build();
  }

  private static long append(
      WindowTiles.Builder next, long before, long tile, double amount, boolean isSum) {
    if (before == Long.MIN_VALUE) {
      next.setFirstTile(tile).addGaps(0);
    } else {
      next.addGaps(Math.toIntExact(tile - before));
    }
    if (isSum) {
      next.addSums(amount);
    } else {
      next.addCounts((long) amount);
    }
    return tile;
  }

  private static long tile(long windowMillis, long timeMillis) {
    return Math.floorDiv(timeMillis, windowMillis / MAX_TILES);
  }
}
