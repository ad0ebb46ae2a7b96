package io.waggle.core.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.FilterConstraint;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RankRequest;
import org.junit.jupiter.api.Test;

/** What a stranger reads of a broken rule. */
class RuleWordsTest {
  private static final MessageRules RULES = new MessageRules();

  @Test
  void aPathIsAskedForByItsFormAndAChoiceByWhatThereIs() {
    RankRequest request =
        RankRequest.newBuilder()
            .setSurface("shop")
            .setItems(
                ItemSelection.newBuilder()
                    .addFilters(FilterConstraint.newBuilder().setAttribute("price")))
            .build();

    assertThat(RULES.check(request))
        .extracting(Violation::toString)
        .containsExactlyInAnyOrder(
            "items.filters[0].attribute: must be `namespace.feature`, for example `item.price`",
            "items.filters[0].rule: exactly one is required: equals, not_equals, above, below,"
                + " contains_context, lacks_context, above_context, below_context");
  }

  @Test
  void aNameIsAskedForByItsCharacters() {
    assertThat(RULES.check(PolicyConfig.newBuilder().setName("a b").build()))
        .extracting(Violation::toString)
        .contains("name: must be a letter or digit, then letters, digits, `.`, `_` or `-`");
  }
}
