package io.waggle.state.feature;

import java.nio.charset.StandardCharsets;

/** 64-bit hashes of texts. Pure; any thread. */
public final class Hashes {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Hashes() {}

  /**
   * FNV-1a over the text's UTF-8, then the finalizer of MurmurHash3, without which the upper bits
   * of short texts hardly differ. Part of the state's format.
   */
  public static long of(String text) {
    long hash = FNV_OFFSET;
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }
}
