package org.partyline.api.web;

import java.time.Instant;

/**
 * A browser that is logged in.
 *
 * @param id 8 hex digits
 * @param name its browser and system, as far as it reports them
 * @param since when it logged in
 * @param lastUsed when its last request arrived
 */
public record WebDevice(String id, String name, Instant since, Instant lastUsed) {}
