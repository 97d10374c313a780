/** Distinguishes the store that ran last from an old copy of it (PROTOCOL 5, "State that may be old"). */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.continuity;
