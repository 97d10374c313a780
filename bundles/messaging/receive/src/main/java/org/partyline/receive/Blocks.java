package org.partyline.receive;

/** Tracks how far blocks were read, which were removed from the chain, and which must be read again. */
record Blocks(ScanPosition position, Reorganisation reorganisation, Rereading rereading) {}
