package io.waggle.core.declared;

import io.waggle.state.item.ItemRates;
import io.waggle.state.item.ItemStatisticSettings;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Item;

/** How what is known of items is encoded for their actions. */
final class ItemEncodings {
  /** What is below is 0. */
  private static final double LEAST_RATE = 1e-12;

  private ItemEncodings() {}

  /** An item without the attribute has none. */
  static ActionEncoding attribute(FeatureConfig feature) {
    ItemAttribute attribute = new ItemAttribute(feature.getItemAttribute().getAttribute());
    NumberShape shape = NumberShape.of(feature.getItemAttribute().getForm(), NumberShape.PLAIN);
    String name = feature.getName();
    return (state, at) ->
        (out, action) -> {
          Item item = at.items().item(at.surface(), action.getId());
          FeatureValue value = item == null ? null : attribute.of(item);
          if (value == null) {
            return;
          }
          switch (value.getKindCase()) {
            case NUMBER -> shape.append(out, name, value.getNumber());
            case TEXT -> out.text(name, value.getText());
            case TEXTS -> out.texts(name, value.getTexts().getValuesList());
            case KIND_NOT_SET -> {}
          }
        };
  }

  /** Every action has one: an item nobody met has the prior. */
  static ActionEncoding statistic(FeatureConfig feature) {
    ItemStatisticSettings settings = ItemStatisticSettings.of(feature);
    return (state, at) -> {
      String segment = segment(settings, at);
      return new ActionNumber(
          feature.getName(),
          segment,
          action ->
              rounded(
                  ItemRates.rate(
                      at.items().statistics(at.surface(), action.getId()),
                      settings,
                      segment,
                      at.timeMillis())));
    };
  }

  private static String segment(ItemStatisticSettings settings, Situation at) {
    if (settings.segmentFeature().isEmpty()) {
      return "";
    }
    FeatureValue value = new SourceFeature(settings.segmentFeature()).in(at.context());
    return value == null ? "" : value.getText();
  }

  /**
   * To three significant digits: less than a rate is known to, and decisions that wait for their
   * rewards share the actions that are equal.
   */
  static double rounded(double rate) {
    if (rate < LEAST_RATE) {
      return 0;
    }
    double scale = 1;
    while (rate * scale < 100) {
      scale *= 10;
    }
    double unit = 1;
    while (rate / unit >= 1_000) {
      unit *= 10;
    }
    return Math.rint(rate * scale / unit) * unit / scale;
  }
}
