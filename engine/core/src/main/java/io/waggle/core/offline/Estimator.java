package io.waggle.core.offline;

import io.waggle.core.evaluate.CressieRead;
import org.jspecify.annotations.Nullable;

/** The estimators of a policy's value, by the names they have in reports. */
public enum Estimator {
  /** {@code mean(w r)}. */
  IPS("ips", false),
  /** {@code mean(min(w, 10) r)}. */
  IPS_CLIPPED("ips_clip10", false),
  /** {@code sum(w r) / sum(w)}. */
  SNIPS("snips", false),
  /**
   * {@code mean(r w / (0.9 + 0.1 w))} (Metelli, Russo, Restelli, "Subgaussian and differentiable
   * importance sampling for off-policy evaluation and learning", NeurIPS 2021).
   */
  SUB_GAUSSIAN_IPS("sub_gaussian_ips_lambda0.1", false),
  /** SNIPS with less bias, and an interval within the reward range; see {@link CressieRead}. */
  CRESSIE_READ("cressie_read", false),
  /** {@code mean(D)}, D what the reward model expects of the policy's distribution. */
  DIRECT("dm", true),
  /** {@code mean(D + w (r - q))}, q what the model expects of the logged action. */
  DOUBLY_ROBUST("dr", true),
  /** {@code mean(D + w (r - q) / mean(w))}. */
  SELF_NORMALISED_DOUBLY_ROBUST("sndr", true),
  /** {@code mean(D + 1[w <= 10] w (r - q))} (Wang, Agarwal, Dudik, ICML 2017). */
  SWITCH_DOUBLY_ROBUST("switch_dr_lambda10", true),
  /** {@code mean(D + 10 w / (w^2 + 10) (r - q))} (Su, Dimakopoulou, Krishnamurthy, Dudik, 2020). */
  SHRUNK_DOUBLY_ROBUST("dr_shrinkage_lambda10", true);

  private final String label;
  private final boolean needsModel;

  Estimator(String label, boolean needsModel) {
    this.label = label;
    this.needsModel = needsModel;
  }

  /** That of a published evaluation; null: none of these. */
  static @Nullable Estimator of(io.waggle.v1.Estimator published) {
    return switch (published) {
      case ESTIMATOR_IPS -> IPS;
      case ESTIMATOR_SNIPS -> SNIPS;
      case ESTIMATOR_DM -> DIRECT;
      case ESTIMATOR_DR -> DOUBLY_ROBUST;
      case ESTIMATOR_CRESSIE_READ -> CRESSIE_READ;
      case ESTIMATOR_UNSPECIFIED, UNRECOGNIZED -> null;
    };
  }

  /** Its name in tables and files. */
  public String label() {
    return label;
  }

  /** True: it takes a model of the rewards. */
  public boolean needsModel() {
    return needsModel;
  }
}
