package org.partyline.api.json;

/** A coin as {@code --json} shows it. */
public record CoinView(String outpoint, long amountSat, int confirmations) {}
