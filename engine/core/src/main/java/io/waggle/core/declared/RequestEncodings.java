package io.waggle.core.declared;

import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.NumberFeature;
import io.waggle.v1.TokensFeature;
import java.util.List;

/** How texts and numbers of the request, or of each action, are encoded. */
final class RequestEncodings {
  private static final int MOST_WORDS = 20;

  private RequestEncodings() {}

  /** Encodes what a list of namespaces has. */
  interface OfNamespaces {
    void append(FeatureOutput out, List<Namespace> namespaces);
  }

  static OfNamespaces tokens(FeatureConfig feature) {
    TokensFeature tokens = feature.getTokens();
    SourceFeature source = new SourceFeature(tokens.getSource());
    int most = tokens.hasMost() ? tokens.getMost() : MOST_WORDS;
    return (out, namespaces) ->
        out.texts(feature.getName(), Words.of(source.texts(namespaces), most));
  }

  static OfNamespaces number(FeatureConfig feature) {
    NumberFeature number = feature.getNumber();
    SourceFeature source = new SourceFeature(number.getSource());
    NumberShape shape = NumberShape.of(number.getForm(), NumberShape.PLAIN);
    return (out, namespaces) -> {
      FeatureValue value = source.in(namespaces);
      if (value != null
          && value.getKindCase() == FeatureValue.KindCase.NUMBER
          && Double.isFinite(value.getNumber())) {
        shape.append(out, feature.getName(), value.getNumber());
      }
    };
  }

  static SharedEncoding ofRequest(OfNamespaces encoding) {
    return (out, state, at) -> encoding.append(out, at.context());
  }

  static ActionEncoding ofActions(OfNamespaces encoding) {
    return (state, at) -> (out, action) -> encoding.append(out, action.getNamespacesList());
  }
}
