package io.waggle.core.codec;

import org.jspecify.annotations.Nullable;

/**
 * A Vowpal Wabbit 9.3.0 model of the contextual-bandit family as values and flat arrays: any number
 * of bits up to 30, optimizer state included. {@link #bytes} of what was parsed are the very bytes.
 *
 * <p>What is not a whole, sound model is refused by the name of the field, its offset and the rule
 * it broke. VW's own checksum covers only the header: a changed weight, or bytes cut at the edge of
 * a row, cannot be told from a sound model, so a caller keeps a checksum of its own beside the
 * bytes. Not changed once made; any thread.
 *
 * @param counters what the reductions keep
 * @param learner what the base learner keeps; null: a model that can only predict
 */
public record VowpalWabbitModel(
    ModelHeader header,
    ModelCounters counters,
    @Nullable LearnerCounters learner,
    WeightTable weights) {
  private static final byte MARKER = 'm';

  /**
   * Reads a model.
   *
   * @throws ModelFormatException when the bytes are truncated, altered, of another version, or hold
   *     what the codec does not know
   */
  public static VowpalWabbitModel parse(byte[] bytes) {
    ModelReader in = new ModelReader(bytes);
    ModelHeader header = readHeader(in);
    ModelOptions options = options(in, header.options());
    ModelWriter checked = new ModelWriter(headerBytes(header));
    writeHeader(header, checked);
    in.exactly("checksum_length", Integer.BYTES);
    in.exactly("checksum", checked.endChecksum());
    ModelCounters counters = readCounters(in, options);
    LearnerCounters learner = in.flag("resume") ? LearnerCounters.read(in) : null;
    WeightTable weights =
        WeightTable.read(
            in, header.bits(), learner == null ? 1 : OptimizerColumns.of(options).count());
    return new VowpalWabbitModel(header, counters, learner, weights);
  }

  /** The model's bytes. */
  public byte[] bytes() {
    ModelOptions options = options();
    ModelWriter out = new ModelWriter(size(options));
    writeHeader(header, out);
    int checksum = out.endChecksum();
    out.put(Integer.BYTES);
    out.put(checksum);
    writeCounters(out, options);
    out.put((byte) (learner == null ? 0 : 1));
    if (learner != null) {
      learner.write(out);
    }
    weights.write(out);
    return out.bytes();
  }

  /** The options that the bytes keep. */
  public ModelOptions options() {
    return ModelOptions.parse(header.options());
  }

  private static ModelHeader readHeader(ModelReader in) {
    String version = in.text("version");
    if (!version.equals(ModelHeader.VERSION)) {
      throw in.broken("version", version, ModelHeader.VERSION);
    }
    String id = in.text("id");
    int marker = in.unsignedByte("marker");
    if (marker != MARKER) {
      throw in.broken("marker", marker, Integer.toString(MARKER));
    }
    float minLabel = in.finiteFloat("min_label");
    float maxLabel = in.finiteFloat("max_label");
    int bits = in.word("bits");
    if (bits < 1 || bits > ModelHeader.LARGEST_BITS) {
      throw in.broken(
          "bits", Integer.toUnsignedString(bits), "from 1 to " + ModelHeader.LARGEST_BITS);
    }
    in.exactly("lda", 0);
    in.exactly("ngrams", 0);
    in.exactly("skips", 0);
    return new ModelHeader(id, minLabel, maxLabel, bits, in.text("options"));
  }

  private static void writeHeader(ModelHeader header, ModelWriter out) {
    out.put(ModelHeader.VERSION);
    out.startChecksum();
    out.put(header.id());
    out.put(MARKER);
    out.put(header.minLabel());
    out.put(header.maxLabel());
    out.put(header.bits());
    out.put(0);
    out.put(0);
    out.put(0);
    out.put(header.options());
  }

  private static ModelOptions options(ModelReader in, String text) {
    ModelOptions options;
    try {
      options = ModelOptions.parse(text);
    } catch (IllegalArgumentException e) {
      throw in.broken("options", text, "options only");
    }
    String problem = options.problem();
    if (problem != null) {
      throw in.broken("options", text, problem);
    }
    if (!options.has("--cb_adf")) {
      throw in.broken("options", text, "--cb_adf among them");
    }
    return options;
  }

  private static ModelCounters readCounters(ModelReader in, ModelOptions options) {
    boolean severalSlots = options.has("--ccb_explore_adf") && in.flag("several_slots");
    long explored = countsExplored(options) ? in.count("explored") : 0;
    return new ModelCounters(severalSlots, explored, in.count("events"), in.count("actions"));
  }

  private void writeCounters(ModelWriter out, ModelOptions options) {
    if (options.has("--ccb_explore_adf")) {
      out.put((byte) (counters.severalSlots() ? 1 : 0));
    }
    if (countsExplored(options)) {
      out.put(counters.explored());
    }
    out.put(counters.events());
    out.put(counters.actions());
  }

  private static boolean countsExplored(ModelOptions options) {
    return options.has("--cover")
        || options.has("--squarecb")
        || options.has("--regcb")
        || options.has("--first");
  }

  private int size(ModelOptions options) {
    long size =
        headerBytes(header)
            // The checksum with its length, the resume flag.
            + (2 * Integer.BYTES + Byte.BYTES)
            + (options.has("--ccb_explore_adf") ? Byte.BYTES : 0)
            + (countsExplored(options) ? Long.BYTES : 0)
            + 2 * Long.BYTES
            + (learner == null ? 0 : LearnerCounters.BYTES)
            + (long) weights.size() * WeightTable.rowBytes(weights.columns());
    return Math.toIntExact(size);
  }

  /** Three texts with a length in front and 0 at the end, six numbers and the marker. */
  private static int headerBytes(ModelHeader header) {
    int texts = ModelHeader.VERSION.length() + header.id().length() + header.options().length();
    return texts + 3 * (Integer.BYTES + Byte.BYTES) + 6 * Integer.BYTES + Byte.BYTES;
  }
}
