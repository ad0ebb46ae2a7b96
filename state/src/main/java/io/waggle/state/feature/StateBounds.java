package io.waggle.state.feature;

import io.waggle.v1.FeatureConfig;
import io.waggle.v1.SeenForm;
import io.waggle.v1.SessionAspect;
import io.waggle.v1.WindowFeature;

/**
 * Most bytes that a feature keeps of one user, from the sizes of protobuf's fields. Counts are
 * taken to stay below 2^35, where their varints end at five bytes. Pure; any thread.
 */
public final class StateBounds {
  /** Tags and lengths of one message inside another. */
  private static final int MESSAGE = 6;

  /** A time in milliseconds with its tag. */
  private static final int TIME = 8;

  private static final int COUNT = 5;
  private static final int HASH = 8;
  private static final int DOUBLE = 8;

  private static final int DECAYED = MESSAGE + 1 + DOUBLE + TIME;
  private static final int TEXT = MESSAGE + ValueField.MAX_VALUE_BYTES;
  private static final int TIMED_TEXT = MESSAGE + TEXT + TIME;
  private static final int TYPE = MESSAGE + 64;

  /** Of two sessions. */
  private static final int SEEN = 3 * MESSAGE + 2 * SeenItems.MAX_SEEN * (HASH + COUNT + TIME - 1);

  private StateBounds() {}

  /** Bytes; 0 for a kind that keeps nothing of a user. */
  public static int bytes(FeatureConfig feature) {
    int kind = kindBytes(feature);
    return kind == 0 ? 0 : 3 * MESSAGE + feature.getName().length() + kind;
  }

  private static int kindBytes(FeatureConfig feature) {
    return switch (feature.getKindCase()) {
      case WINDOW -> window(feature.getWindow());
      case DECAYED -> DECAYED;
      case RATE -> 2 * DECAYED;
      case LAST -> FeatureDefaults.most(feature.getLast()) * TIMED_TEXT;
      case TIME_SINCE -> TIME;
      case DISTINCT -> MESSAGE + DistinctSketch.REGISTERS;
      case QUANTILE -> 3 * MESSAGE + QuantileSketch.MAX_BUCKETS * (2 + COUNT);
      case AFFINITY -> FeatureDefaults.most(feature.getAffinity()) * (MESSAGE + TEXT + DECAYED);
      case SEEN ->
          feature.getSeen().getForm() == SeenForm.SEEN_FORM_SAME_CATEGORY ? TIMED_TEXT : SEEN;
      case SESSION -> session(feature.getSession().getAspect());
      case LOCAL_TIME, TOKENS, NUMBER, ITEM_ATTRIBUTE, ITEM_STATISTIC, KIND_NOT_SET -> 0;
    };
  }

  private static int window(WindowFeature window) {
    int tile = 1 + (window.getSum().isEmpty() ? COUNT : DOUBLE);
    return window.getWindowsCount() * (4 * MESSAGE + Tiles.MAX_TILES * tile);
  }

  private static int session(SessionAspect aspect) {
    return switch (aspect) {
      case SESSION_ASPECT_POSITION -> MESSAGE + SEEN;
      case SESSION_ASPECT_ENTRY -> 2 * (MESSAGE + TIME + TYPE + TEXT);
      default -> 0;
    };
  }
}
