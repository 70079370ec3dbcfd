from setuptools import find_packages, setup

setup(
    name="digits",
    version="0.1.0",
    description="Reads handwritten digits.",
    packages=find_packages(),
    python_requires=">=3.9",
)
