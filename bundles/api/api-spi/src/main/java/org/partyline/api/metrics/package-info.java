/** Measurements of the stages for monitoring: numbers, without messages, people or keys. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.api.metrics;
