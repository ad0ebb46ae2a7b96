package io.waggle.core.codec;

/**
 * What the reductions above the base learner keep in the bytes.
 *
 * @param severalSlots of a model with slots: an event with several slots, or with features of a
 *     slot, was seen
 * @param explored of cover, squarecb and regcb: labelled events learned; of first: uniform events
 *     left; else 0
 * @param events learned with {@code --cb_type mtr}, counted for each policy update; else 0
 * @param actions in those events
 */
public record ModelCounters(boolean severalSlots, long explored, long events, long actions) {}
