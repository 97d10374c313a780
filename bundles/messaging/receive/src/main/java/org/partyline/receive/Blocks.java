package org.partyline.receive;

/** How far blocks were read, which of them are no more, and what has to be read once more. */
record Blocks(ScanPosition position, Reorganisation reorganisation, Rereading rereading) {}
