package io.waggle.core.parquet;

import io.waggle.v1.ItemRetrieval;
import org.apache.parquet.example.data.Group;

/** How a decision's actions were found among items, as columns and back. Pure; any thread. */
final class RetrievalFields {
  private RetrievalFields() {}

  static void write(Fields row, ItemRetrieval retrieval) {
    row.number(DecisionColumns.ITEMS_NAMED, retrieval.getNamed());
    row.number(DecisionColumns.ITEMS_KNOWN, retrieval.getKnown());
    row.number(DecisionColumns.ITEM_FILTERS, retrieval.getFilters());
    row.number(DecisionColumns.ITEMS_SELECTED, retrieval.getSelected());
    row.number(DecisionColumns.ITEMS_KEPT, retrieval.getKept());
    row.number(DecisionColumns.ITEMS_RANDOM, retrieval.getRandom());
    row.number(DecisionColumns.ITEMS_RANKED, retrieval.getRanked());
  }

  static ItemRetrieval retrieval(Group row) {
    return ItemRetrieval.newBuilder()
        .setNamed((int) RowReader.integer(row, DecisionColumns.ITEMS_NAMED))
        .setKnown((int) RowReader.integer(row, DecisionColumns.ITEMS_KNOWN))
        .setFilters((int) RowReader.integer(row, DecisionColumns.ITEM_FILTERS))
        .setSelected((int) RowReader.integer(row, DecisionColumns.ITEMS_SELECTED))
        .setKept((int) RowReader.integer(row, DecisionColumns.ITEMS_KEPT))
        .setRandom((int) RowReader.integer(row, DecisionColumns.ITEMS_RANDOM))
        .setRanked((int) RowReader.integer(row, DecisionColumns.ITEMS_RANKED))
        .build();
  }
}
