/** When packets leave, and what is sent when nobody speaks. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.partyline.api.cover;
