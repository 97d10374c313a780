package org.partyline.api.web;

import java.time.Instant;

/**
 * A browser that is logged in.
 *
 * @param id 8 hex digits
 * @param name which browser on which system, as far as it says so
 * @param since when it logged in
 * @param lastUsed when its last request came
 */
public record WebDevice(String id, String name, Instant since, Instant lastUsed) {}
