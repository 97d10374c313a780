/** Chains and locators as they are stored, and the opening of single packets. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.partyline.messaging.chains;
