package org.partyline.receive;

/** Tracks up to where blocks were read, which were removed from the chain, and which must be read again. */
record Blocks(ScanPosition position, Reorganisation reorganisation, Rereading rereading) {}
