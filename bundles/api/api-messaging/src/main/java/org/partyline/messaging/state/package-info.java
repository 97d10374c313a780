/**
 * The basis of every stage: the unlocked state and its lock, services of other bundles, events, and actions after a
 * commit.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.state;
